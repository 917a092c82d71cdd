// SPDX-License-Identifier: Apache-2.0
// pdf_sample: see the header. The layout is the one of the tutorial; names and numbers are
// invented.
#include "tests/unit/pdf_sample.h"

#define T(literal)                                                                                 \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define LABEL(literal)                                                                             \
    {                                                                                              \
        .text = T(literal), .label = true                                                          \
    }
#define VALUE(literal)                                                                             \
    {                                                                                              \
        .text = T(literal)                                                                         \
    }
#define WIDE(literal, n)                                                                           \
    {                                                                                              \
        .text = T(literal), .span = n                                                              \
    }
#define ROW(cells)                                                                                 \
    {                                                                                              \
        cells, countof(cells), 0                                                                   \
    }

static const struct pdf_cell UNIT_1[] = {
    LABEL("单位名称"), WIDE("样例建设集团（湖南）有限公司", 3)};
static const struct pdf_cell UNIT_2[] = {
    LABEL("统一社会\n信用代码"), VALUE("91430000MA4L0000X1"), LABEL("单位类型"), VALUE("企业法人")};
static const struct pdf_cell UNIT_3[] = {
    LABEL("通讯地址"), WIDE("湖南省长沙市样例区样例路 18888 号样例大厦 A 座 12 层 1203 室", 3)};
static const struct pdf_cell UNIT_4[] = {
    LABEL("联系电话"), VALUE("0731-00000000"), LABEL("电子邮箱"), VALUE("clerk@unit.example")};
static const struct pdf_row UNIT[] = {ROW(UNIT_1), ROW(UNIT_2), ROW(UNIT_3), ROW(UNIT_4)};
static const double FOUR[] = {1, 2.2, 1, 2.2};
static const struct pdf_table UNIT_TABLE = {FOUR, 4, UNIT, countof(UNIT)};

static const struct pdf_cell PRICE_0[] = {LABEL("项目"), LABEL("数量"), LABEL("单位"),
    LABEL("单价（元）"), LABEL("优惠"), LABEL("金额（元）")};
static const struct pdf_cell PRICE_1[] = {VALUE("单位证书制作"),
    {.text = T("1"), .align = PDF_CENTER}, {.text = T("年"), .align = PDF_CENTER},
    {.text = T("190.00"), .align = PDF_RIGHT}, {.text = T("无优惠"), .align = PDF_CENTER},
    {.text = T("190.00"), .align = PDF_RIGHT}};
static const struct pdf_cell PRICE_2[] = {
    WIDE("合计（大写）：壹佰玖拾元整", 5), {.text = T("¥190.00"), .align = PDF_RIGHT}};
static const struct pdf_row PRICE[] = {ROW(PRICE_0), ROW(PRICE_1), ROW(PRICE_2)};
static const double SIX[] = {2.4, 0.8, 0.8, 1.3, 1.2, 1.5};
static const struct pdf_table PRICE_TABLE = {SIX, 6, PRICE, countof(PRICE)};

static const struct pdf_check DOCUMENTS[] = {{T("居民身份证"), true}, {T("护照"), false},
    {T("港澳居民来往内地通行证"), false}, {T("台湾居民来往大陆通行证"), false},
    {T("外国人永久居留身份证"), false}};
static const struct pdf_check BUSINESS[] = {{T("制作"), true}, {T("更新"), false},
    {T("变更"), false}, {T("冻结"), false}, {T("撤销"), false}, {T("密钥恢复"), false}};
static const struct pdf_box SEALS[] = {{T("申请单位（盖章）："), T("年　　月　　日")},
    {T("经办人（签字）："), T("年　　月　　日")}, {T("受理点（盖章）："), T("年　　月　　日")}};
static const struct pdf_box GIVEN[] = {
    {T("委托单位（盖章）：\n法定代表人（签字）："), T("年　　月　　日")},
    {T("受托人（签字）："), T("年　　月　　日")}};

#define NOTES                                                                                                                           \
    "客户须知：\n1、请用钢笔或圆珠笔如实、准确、完整地填写，涂改无效；\n2、"                            \
    "办理单位业务时，需提交加盖单位公章的本受理表、单位授权委托书、经办人有效证件以及单位有" \
    "效证件；\n3、本表一式两份，客户及证书受理点各执一份。"

#define ARTICLE                                                                                                                         \
    "订户应当妥善保管数字证书的私钥及其介质，不得泄露或者交付他人使用；订户知悉私钥已经失"    \
    "密或者可能已经失密时，应当立即告知电子认证服务机构并申请撤销。因订户未履行上述义务给信" \
    "赖方、电子认证服务机构造成损失的，由订户承担相应的责任（Electronic Signature Law, "                    \
    "art. 15）。"

#define TRUST                                                                                                                        \
    "兹委托下列人员作为我单位的经办人，代表我单位办理数字证书的申请、领取、更新、变更、冻" \
    "结与撤销事宜。受托人在委托事项范围内签署的文件，我单位均予以承认，由此产生的法律责任" \
    "由我单位承担。本委托书自签署之日起至本次业务办结之日止有效，受托人无权转委托。"

static const struct pdf_block TRUST_BLOCKS[] = {
    {.kind = PDF_HEADING, .text = T("单位授权委托书")},
    {.kind = PDF_PARAGRAPH, .text = T("致：样例数字认证中心")},
    {.kind = PDF_PARAGRAPH, .text = T(TRUST), .indent = true},
    {.kind = PDF_CHECKS,
        .text = T("受托人证件类型："),
        .checks = DOCUMENTS,
        .count = countof(DOCUMENTS)},
    {.kind = PDF_SPACE, .height = 4},
    {.kind = PDF_BOXES, .boxes = GIVEN, .count = countof(GIVEN), .height = 48},
    {.kind = PDF_SPACE, .height = 4},
    {.kind = PDF_QR,
        .text = T(SAMPLE_QR),
        .align = PDF_CENTER,
        .height = 30,
        .caption = T("扫码查询办理进度")},
};

static void fill_agreement(struct pdf_block blocks[18])
{
    blocks[0] = (struct pdf_block){.kind = PDF_HEADING, .text = STR("样例电子认证服务协议")};
    for (int i = 1; i < 17; i++)
        blocks[i] = (struct pdf_block){.kind = PDF_PARAGRAPH, .text = STR(ARTICLE), .indent = true};
    blocks[17] = (struct pdf_block){.kind = PDF_BOXES, .boxes = GIVEN, .count = 2, .height = 24};
}

/* The tables of the handler, who has the name that the test gives. */
static void fill_handler(str name, struct sample *s)
{
    s->handler[0] = (struct pdf_cell)LABEL("姓名");
    s->handler[1] = (struct pdf_cell){.text = name};
    s->handler[2] = (struct pdf_cell)LABEL("手机号码");
    s->handler[3] = (struct pdf_cell)VALUE("130****0000");
    s->handler_row = (struct pdf_row){s->handler, 4, 0};
    s->handler_table = (struct pdf_table){FOUR, 4, &s->handler_row, 1};
}

static size_t fill_form(struct sample *s)
{
    const struct pdf_block blocks[] = {
        {.kind = PDF_HEADING, .text = STR("单位数字证书业务受理表")},
        {.kind = PDF_PARAGRAPH, .text = STR(NOTES), .scale = 0.86},
        {.kind = PDF_CHECKS,
            .text = STR("业务类型："),
            .checks = BUSINESS,
            .count = countof(BUSINESS)},
        {.kind = PDF_SECTION, .text = STR("一、申请单位资料")},
        {.kind = PDF_TABLE, .table = &UNIT_TABLE},
        {.kind = PDF_SECTION, .text = STR("二、经办人资料")},
        {.kind = PDF_TABLE, .table = &s->handler_table},
        {.kind = PDF_CHECKS,
            .text = STR("证件类型："),
            .checks = DOCUMENTS,
            .count = countof(DOCUMENTS)},
        {.kind = PDF_SECTION, .text = STR("三、证书价格")},
        {.kind = PDF_TABLE, .table = &PRICE_TABLE},
        {.kind = PDF_PARAGRAPH,
            .scale = 0.86,
            .text = STR("备注：各类证书的开户费中含一年维护服务费，不含签章费。")},
        {.kind = PDF_SECTION, .text = STR("四、声明与签章")},
        {.kind = PDF_PARAGRAPH,
            .indent = true,
            .text = STR("本单位（本人）承诺以上资料真实、有效，已阅读并同意《样例电子认证服务"
                        "协议》的全部条款。")},
        {.kind = PDF_BOXES, .boxes = SEALS, .count = countof(SEALS), .height = 34},
    };
    _Static_assert(countof(blocks) <= countof(s->form), "the form's blocks");
    for (size_t i = 0; i < countof(blocks); i++)
        s->form[i] = blocks[i];
    return countof(blocks);
}

void sample_init(struct sample *s, str name)
{
    fill_handler(name, s);
    fill_agreement(s->agreement);
    s->pages[0] = (struct pdf_page){s->form, fill_form(s), 10.5, true};
    s->pages[1] = (struct pdf_page){s->agreement, countof(s->agreement), 10, true};
    s->pages[2] = (struct pdf_page){TRUST_BLOCKS, countof(TRUST_BLOCKS), 11.5, false};
    s->doc = (struct pdf_doc){.title = STR("单位数字证书业务受理表"),
        .author = STR("样例数字认证中心"),
        .number = STR(SAMPLE_NUMBER),
        .number_label = STR("业务受理号：SLCA-"),
        .organisation = STR("样例数字认证中心"),
        .form = STR("单位证书受理"),
        .qr = STR(SAMPLE_QR),
        .version = STR("模板 2026-11-22.1"),
        .created = 1795334400,
        .pages = s->pages,
        .count = countof(s->pages)};
}
