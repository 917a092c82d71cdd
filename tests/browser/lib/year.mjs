// SPDX-License-Identifier: Apache-2.0
// year: a year of real changes of the business, each as the edits an administrator makes: { file: [edit …] }, an edit being
// [looked for, typed over it] or { below: looked for, line: typed under it }. `tests` amends what the bundle's tests expect.
const day = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
export const today = day(Date.now());
export const inDays = (n) => day(Date.now() + n * 86_400_000);

const TESTS = "tests/unit_issue.lua";
const PASSPORT = '{ value = "passport", label = "护照", type = "text", pattern = "[EG][0-9]{8}", message = "护照号码应为 E 或 G 加 8 位数字" },';
const MAIL_TEMPLATE = '{ id = "p256_unit_mail", label = "P256机构邮件证书", subject_type = "unit", issued = true, algorithm = "p256", pair = false,\n'
  + 'media = { "soft" }, max_years = 2, usage = { "digitalSignature" }, extended = { "emailProtection" },\n'
  + 'subject = { { part = "C", value = "CN" }, { part = "O", from = "unit_name" }, { part = "CN", from = "unit_name" } } },';

export const changes = [
  { name: "个体工商户另交经营者身份证", edits: { "materials.lua": [{ below: "rows = {",
    line: '{ id = "owner_document", label = "经营者身份证", kinds = { "unit_issue" }, when = { ["unit_document_no.kind"] = "household" },\n'
      + 'required = true, hint = "正反面复印到一张 A4 纸上，加盖公章，再扫描", paper = "copy" },' }] } },
  { name: "1 月 1 日起三年期的价格", edits: {
    "prices.lua": [{ below: 'kind = "unit_issue", from = "2027-01-01"', line: '{ item = "maintain", kind = "unit_issue", from = "2027-01-01", years = 3, fen = 15000 },' },
      ['kind = "unit_issue", from = "2026-01-01", fen = 26000', 'kind = "unit_issue", from = "2026-01-01", fen = 27000']],
    [TESTS]: [["price = 26000", "price = 27000"], ["price = 62000", "price = 63000"],
      { below: 'name = "三年的价格"', line: '{ name = "明年三年的价格", given = { quote_date = "2027-01-01", values = { years = "3" } }, expect = { price = 57000 } },' }] } },
  { name: "十人及以上九折", edits: { "prices.lua": [{ below: "local discounts = {",
    line: `{ from = "${today}", kind = "unit_issue", cases = 10, permille = 900, text = "同单十份及以上九折" },` }] } },
  { name: "新的证件类型：护照", edits: { "lists.lua": [{ below: 'value = "idcard"', line: PASSPORT }] } },
  { name: "超过 200 元由两位审核员审核", edits: {
    "flows/unit_issue.lua": [["second_review_over = 1000000", "second_review_over = 20000"]],
    [TESTS]: [{ below: "cases = {", line: '{ name = "六百元的须复审", given = { state = "review", identity = "passed", paid = true, approvals = 1, total = 60000,\n'
      + 'have = { "form", "unit_document", "authorization", "handler_document" } }, when = { event = "approve", by = "reviewer" },\n'
      + 'expect = { state = "review" } },' }] } },
  { name: "明年的节假日", edits: { "calendar.lua": [['["2027-01-01"] = "元旦",', '["2027-01-01"] = "元旦", ["2027-01-02"] = "元旦", ["2027-01-03"] = "元旦",'],
    ['["2026-10-10"] = "国庆节调休",', '["2026-10-10"] = "国庆节调休", ["2027-02-14"] = "春节调休",'], ['["2027"] = "provisional"', '["2027"] = "announced"']] } },
  { name: "区县更名", edits: { "regions.lua": [["renamed = {}", 'renamed = { ["430102"] = "示范新区" }']] } },
  { name: "短信用语", edits: { "messages/sms.lua": [["请凭此号查询进度和缴费，并按页面提示继续办理。", "请妥善保存，凭此号查询进度和缴费。"]] } },
  { name: "新的证书模板", edits: { "templates.lua": [{ below: "rows = {", line: MAIL_TEMPLATE }],
    "kinds.lua": [['"sm2_unit", "p256_unit"', '"sm2_unit", "p256_unit", "p256_unit_mail"']] } },
  { name: "证照合并，不再收组织机构代码证", edits: {
    "materials.lua": [['required = true, hint = "复印后加盖单位公章，再扫描", paper = "copy", same_as = "unit_document" },',
      'required = true, on = false, hint = "复印后加盖单位公章，再扫描", paper = "copy", same_as = "unit_document" },'],
    ['when = { unit_document_type = "orgcode" },\n            required = true, hint', 'when = { unit_document_type = "orgcode" },\n            on = false, required = true, hint']],
    "lists.lua": [['        { value = "orgcode", label = "组织机构代码（未换发新照的单位）", type = "orgcode" },\n', ""]] } },
  { name: "新的服务协议", edits: { "content/agreement.lua": [['version = "2026-1"', 'version = "2026-2"'], ["逾期不办理的，{site.ca.short}可以撤销证书。", "逾期不办理的，{site.ca.short}可以暂停或撤销证书。"]] } },
  { name: "客服热线", edits: { "site.lua": [['hotline = { "400-000-0000"', 'hotline = { "400-000-1111"'], ['values = { "400-000-0000"', 'values = { "400-000-1111"']] } },
  { name: "审核意见", edits: { "lists.lua": [{ below: 'value = "address", label = "地址不完整"',
    line: '{ value = "copy", label = "复印件不清", on = "material", text = "复印件看不清楚，请换一份清晰的复印件扫描" },' }] } },
  { name: "多一次提醒", edits: { "flows/parts.lua": [["remind = { days = { 3, 15, 80 }", "remind = { days = { 3, 15, 45, 80 }"]] } },
  { name: "春节暂停受理", edits: { "kinds.lua": [["suspend = false", `suspend = { from = "${today}", to = "${inDays(6)}", text = "春节期间暂停受理，节后恢复。" }`]] } },
];
