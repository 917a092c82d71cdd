// SPDX-License-Identifier: Apache-2.0
// message: frames, requests and answers.
#include "core/issuer/message.h"

#include "core/base/codec.h"

enum { DEPTH = 6, CODE_LAST = E_SYSTEM };

static const struct message_limits request_limits = {32 << 10, 32 << 10};
static const struct message_limits answer_limits = {4 << 20, 256 << 20};

static const struct {
    const char *word;
    unsigned members;
} ops[] = {
#define X(name, word, members) [name] = {word, members},
    MESSAGE_OPS(X)
#undef X
};

const struct message_limits *message_request_limits(void)
{
    return &request_limits;
}

const struct message_limits *message_answer_limits(void)
{
    return &answer_limits;
}

int message_cut(str bytes, const struct message_limits *limits, struct message_frame *out)
{
    if (bytes.n < MESSAGE_HEAD)
        return 1;
    size_t json = codec_get_be32((const uint8_t *)bytes.p);
    size_t body = codec_get_be32((const uint8_t *)bytes.p + 4);
    if (json > limits->json || body > limits->body)
        return E_TOO_BIG;
    out->size = MESSAGE_HEAD + json + body;
    if (bytes.n < out->size)
        return 1;
    out->json = str_slice(bytes, MESSAGE_HEAD, MESSAGE_HEAD + json);
    out->body = str_slice(bytes, MESSAGE_HEAD + json, out->size);
    return 0;
}

void message_put(str json, str body, struct buf *out)
{
    uint8_t *head = (uint8_t *)buf_reserve(out, MESSAGE_HEAD);
    codec_put_be32(head, (uint32_t)json.n);
    codec_put_be32(head + 4, (uint32_t)body.n);
    buf_added(out, MESSAGE_HEAD);
    buf_append(out, json);
    buf_append(out, body);
}

const char *message_op_name(enum message_op op)
{
    return ops[op].word;
}

void message_put_request(const struct message_request *r, struct buf *out)
{
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    unsigned has = ops[r->op].members;
    json_begin_object(&w);
    json_key(&w, STR("op"));
    json_put_str(&w, str_from(ops[r->op].word));
    if (has & MESSAGE_HAS_VOUCHER) {
        json_key(&w, STR("voucher"));
        json_put_str(&w, r->voucher);
    }
    if (has & MESSAGE_HAS_AUTHORITY) {
        json_key(&w, STR("authority"));
        json_put_str(&w, r->authority);
    }
    if (has & MESSAGE_HAS_NUMBER) {
        json_key(&w, STR("number"));
        json_put_uint(&w, r->number);
    }
    json_end_object(&w);
    message_put(buf_str(&json), r->body, out);
    buf_release(&json);
}

static int op_of(str word, enum message_op *out)
{
    for (unsigned i = 0; i < MESSAGE_OP_COUNT; i++)
        if (str_eq(word, str_from(ops[i].word))) {
            *out = (enum message_op)i;
            return 0;
        }
    return 1;
}

static bool is_number(const struct json *v)
{
    return json_type(v) == JSON_UINT || (json_type(v) == JSON_INT && json_int(v) >= 0);
}

/* Every member is one of the operation's and of its type; counts them. */
static int read_member(str name, const struct json *v, struct message_request *r, unsigned *seen)
{
    unsigned has = ops[r->op].members;
    if (str_eq(name, STR("op")))
        return 0;
    if (str_eq(name, STR("voucher")) && has & MESSAGE_HAS_VOUCHER && json_is_str(v)) {
        r->voucher = json_str(v);
        *seen |= MESSAGE_HAS_VOUCHER;
    } else if (str_eq(name, STR("authority")) && has & MESSAGE_HAS_AUTHORITY && json_is_str(v)) {
        r->authority = json_str(v);
        *seen |= MESSAGE_HAS_AUTHORITY;
    } else if (str_eq(name, STR("number")) && has & MESSAGE_HAS_NUMBER && is_number(v)) {
        r->number = json_uint(v);
        *seen |= MESSAGE_HAS_NUMBER;
    } else {
        return E_PROTOCOL;
    }
    return 0;
}

int message_read_request(const struct message_frame *f, struct arena *arena,
    struct message_request *out, struct err *err)
{
    const struct json *root;
    struct json_iter it;
    unsigned seen = 0;
    *out = (struct message_request){.body = f->body};
    if (json_parse(f->json, DEPTH, arena, &root, NULL) || json_type(root) != JSON_OBJECT)
        return err_set(err, E_PROTOCOL, "the request is no JSON object");
    if (op_of(json_str(json_get(root, STR("op"))), &out->op))
        return err_set(err, E_PROTOCOL, "the request names no operation of the signer");
    json_iter_init(&it, root);
    while (json_iter_next(&it))
        if (read_member(it.name, it.value, out, &seen))
            return err_set(err, E_PROTOCOL, "%s has no such member, or not of this type",
                message_op_name(out->op));
    if (seen != ops[out->op].members)
        return err_set(err, E_PROTOCOL, "%s lacks a member", message_op_name(out->op));
    return 0;
}

void message_put_result(str result, str body, struct buf *out)
{
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    json_begin_object(&w);
    json_key(&w, STR("result"));
    json_put_raw(&w, result);
    json_end_object(&w);
    message_put(buf_str(&json), body, out);
    buf_release(&json);
}

void message_put_failure(const struct err *err, struct buf *out)
{
    struct buf json = {0};
    struct json_writer w = {.out = &json};
    json_begin_object(&w);
    json_key(&w, STR("code"));
    json_put_int(&w, err->code);
    json_key(&w, STR("message"));
    json_put_str(&w, str_from(err->message));
    json_key(&w, STR("where"));
    json_put_str(&w, str_from(err->where));
    json_end_object(&w);
    message_put(buf_str(&json), STR(""), out);
    buf_release(&json);
}

int message_read_answer(
    const struct message_frame *f, struct arena *arena, struct message_answer *out)
{
    const struct json *root;
    *out = (struct message_answer){.body = f->body};
    if (json_parse(f->json, DEPTH, arena, &root, NULL) || json_type(root) != JSON_OBJECT)
        return E_PROTOCOL;
    out->result = json_get(root, STR("result"));
    if (out->result)
        return json_type(out->result) == JSON_OBJECT ? 0 : E_PROTOCOL;
    int64_t code = json_int(json_get(root, STR("code")));
    if (code >= 0 || code < CODE_LAST)
        return E_PROTOCOL;
    out->code = (int)code;
    out->message = json_str(json_get(root, STR("message")));
    out->where = json_str(json_get(root, STR("where")));
    return 0;
}
