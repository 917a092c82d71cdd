// SPDX-License-Identifier: Apache-2.0
// method: the methods that are understood.
#include "core/http/request.h"

static const char *const names[HTTP_METHODS] = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

str http_method_name(enum http_method m)
{
    return str_from(m < HTTP_METHODS ? names[m] : "");
}

bool http_method_parse(str name, enum http_method *out)
{
    for (int m = 0; m < HTTP_METHODS; m++)
        if (str_eq(name, str_from(names[m]))) {
            *out = (enum http_method)m;
            return true;
        }
    return false;
}
