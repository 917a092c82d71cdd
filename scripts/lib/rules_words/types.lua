-- SPDX-License-Identifier: Apache-2.0
-- types: the types of fields (lib/field), each with a sentence for the editor.
return {
    { "text", "一行文字" }, { "textarea", "多行文字" }, { "name", "姓名" }, { "mobile", "手机号码" }, { "tel", "电话号码，手机或座机" }, { "email", "邮箱" },
    { "postcode", "邮政编码" }, { "date", "日期" }, { "idcard", "居民身份证号码，查验校验位" }, { "uscc", "统一社会信用代码，查验校验位" }, { "orgcode", "组织机构代码，查验校验位" },
    { "region", "省、市、区县" }, { "user_name", "证书用户名" }, { "radio", "单选" }, { "select", "下拉选择" }, { "checkbox", "多选" }, { "consent", "勾选同意" },
    { "number", "整数" }, { "password", "口令" }, { "reference", "业务受理号" }, { "document", "证件号码，按所选的证件类型查验" }, { "readonly", "只显示，由其他字段得出" },
    { "file", "文件" },
}
