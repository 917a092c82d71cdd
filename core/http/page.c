// SPDX-License-Identifier: Apache-2.0
// page: errors for people and for programs (RFC 9457), and which status an error code has.
#include "core/base/codec.h"
#include "core/base/json.h"
#include "core/http/request_private.h"

static const struct {
    int status;
    const char *text;   /* RFC 9110 15 */
    const char *title;  /* for people; NULL: of the class */
    const char *detail; /* what to do */
} known[] = {
    {100, "Continue", NULL, NULL},
    {200, "OK", NULL, NULL},
    {201, "Created", NULL, NULL},
    {202, "Accepted", NULL, NULL},
    {204, "No Content", NULL, NULL},
    {206, "Partial Content", NULL, NULL},
    {301, "Moved Permanently", NULL, NULL},
    {302, "Found", NULL, NULL},
    {303, "See Other", NULL, NULL},
    {304, "Not Modified", NULL, NULL},
    {307, "Temporary Redirect", NULL, NULL},
    {308, "Permanent Redirect", NULL, NULL},
    {400, "Bad Request", "请求有误", "请返回上一页，刷新后再试。"},
    {401, "Unauthorized", "请先登录", "登录后才能使用这个页面。"},
    {403, "Forbidden", "没有权限", "您没有使用这个页面的权限，或者页面已经过期，请刷新后再试。"},
    {404, "Not Found", "页面不存在", "请检查网址是否完整，或者从首页重新进入。"},
    {405, "Method Not Allowed", "不支持这种操作", "请从首页重新进入。"},
    {406, "Not Acceptable", NULL, NULL},
    {408, "Request Timeout", "等待超时", "网络太慢或已中断，请再试一次。"},
    {409, "Conflict", "内容已被更改", "其他人或另一个窗口刚刚更改了内容，请刷新后再试。"},
    {410, "Gone", "页面已失效", "请从首页重新进入。"},
    {411, "Length Required", NULL, NULL},
    {412, "Precondition Failed", "内容已被更改", "请刷新后再试。"},
    {413, "Content Too Large", "内容太大", "提交的内容或文件超过了允许的大小。"},
    {414, "URI Too Long", "网址太长", "请从首页重新进入。"},
    {415, "Unsupported Media Type", "格式不支持", "提交的内容不是要求的格式。"},
    {416, "Range Not Satisfiable", NULL, NULL},
    {417, "Expectation Failed", NULL, NULL},
    {422, "Unprocessable Content", "信息有误", "请检查填写的内容。"},
    {425, "Too Early", NULL, NULL},
    {428, "Precondition Required", NULL, NULL},
    {429, "Too Many Requests", "操作太频繁", "请稍后再试。"},
    {431, "Request Header Fields Too Large", "请求有误", "请清除本网站的 Cookie 后再试。"},
    {499, "Client Closed Request", NULL, NULL},
    {500, "Internal Server Error", "系统出错", "请稍后再试。"},
    {501, "Not Implemented", NULL, NULL},
    {502, "Bad Gateway", "外部系统出错", "请稍后再试。"},
    {503, "Service Unavailable", "系统繁忙", "请稍后再试。"},
    {504, "Gateway Timeout", "外部系统没有回应", "请稍后再试。"},
    {505, "HTTP Version Not Supported", NULL, NULL},
    {507, "Insufficient Storage", "系统存储空间不足", "请稍后再试。"},
};

static const struct {
    int code;
    int status;
} statuses[] = {
    {E_INVALID, 422},
    {E_PARSE, 400},
    {E_TOO_BIG, 413},
    {E_NOT_FOUND, 404},
    {E_EXISTS, 409},
    {E_CONFLICT, 409},
    {E_DENIED, 403},
    {E_BUSY, 503},
    {E_TIMEOUT, 503},
    {E_CANCELLED, 503},
    {E_EOF, 400},
    {E_NO_SPACE, 503},
    {E_MAP_FULL, 503},
    {E_READ_ONLY, 503},
    {E_PROTOCOL, 400},
    {E_UNSUPPORTED, 415},
    {E_UNREACHABLE, 502},
    {E_NO_FILES, 503},
};

int http_status_of(int code)
{
    for (size_t i = 0; i < countof(statuses); i++)
        if (statuses[i].code == code)
            return statuses[i].status;
    return 500;
}

static size_t index_of(int status)
{
    size_t i = 0;
    while (i < countof(known) && known[i].status != status)
        i++;
    return i;
}

str http_status_text(int status)
{
    size_t i = index_of(status);
    return i < countof(known) ? str_from(known[i].text) : STR("Unknown");
}

static str title_of(int status)
{
    size_t i = index_of(status);
    if (i < countof(known) && known[i].title)
        return str_from(known[i].title);
    return status < 500 ? STR("请求有误") : STR("系统出错");
}

static str detail_of(int status, str detail)
{
    size_t i = index_of(status);
    if (detail.n)
        return detail;
    if (i < countof(known) && known[i].detail)
        return str_from(known[i].detail);
    return STR("请从首页重新进入。");
}

static void put_problem(struct request *r, int status, str detail, str members, struct buf *out)
{
    struct json_writer w = {.out = out};
    json_begin_object(&w);
    json_key(&w, STR("type"));
    json_put_str(&w, STR("about:blank"));
    json_key(&w, STR("title"));
    json_put_str(&w, http_status_text(status));
    json_key(&w, STR("status"));
    json_put_int(&w, status);
    json_key(&w, STR("detail"));
    json_put_str(&w, detail);
    json_key(&w, STR("request_id"));
    json_put_str(&w, request_id(r));
    if (members.n) {
        buf_append_byte(out, ',');
        buf_append(out, members);
    }
    json_end_object(&w);
}

static void put_page(struct request *r, int status, str detail, struct buf *out)
{
    buf_append(out, STR("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                        "<meta name=\"renderer\" content=\"webkit\">\n<title>"));
    codec_html(out, title_of(status));
    buf_append(out, STR("</title>\n</head>\n<body>\n<main>\n<h1>"));
    codec_html(out, title_of(status));
    buf_append(out, STR("</h1>\n<p>"));
    codec_html(out, detail);
    buf_append(out, STR("</p>\n<p><a href=\"/\">返回首页</a></p>\n<p><small>"));
    buf_printf(out, "%d · %.*s", status, STR_ARG(request_id(r)));
    buf_append(out, STR("</small></p>\n</main>\n</body>\n</html>\n"));
}

void page_write(struct request *r, int status, str detail, str members_json, struct buf *out)
{
    detail = detail_of(status, detail);
    if (request_wants_json(r)) {
        r->answer.type = STR("application/problem+json");
        put_problem(r, status, detail, members_json, out);
        return;
    }
    r->answer.type = STR("text/html; charset=utf-8");
    put_page(r, status, detail, out);
}
