// SPDX-License-Identifier: Apache-2.0
// list: an intrusive, circular, doubly linked list. A node is either linked in one list or points
// at itself.
#ifndef CORE_BASE_LIST_H
#define CORE_BASE_LIST_H

#include <stdbool.h>

/* Both a head and a node. Fields are private. */
struct list {
    struct list *next;
    struct list *prev;
};

static inline void list_init(struct list *l)
{
    l->next = l;
    l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

/* Links node at the end of head. */
static inline void list_push(struct list *head, struct list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

/* Links node at the front of head. */
static inline void list_push_front(struct list *head, struct list *node)
{
    list_push(head->next, node);
}

/* Unlinks node; it points at itself afterwards, so removing twice is harmless. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* First node, or NULL. */
static inline struct list *list_first(const struct list *head)
{
    return list_is_empty(head) ? (struct list *)0 : head->next;
}

/* Unlinks and returns the first node, or NULL. */
static inline struct list *list_shift(struct list *head)
{
    struct list *node = list_first(head);
    if (node)
        list_remove(node);
    return node;
}

/* Walks nodes; the body may remove `it` (next is read before). */
#define list_each(it, head)                                                                        \
    for (struct list *it = (head)->next, *it##_next = it->next; it != (head);                      \
         it = it##_next, it##_next = it->next)

#endif
