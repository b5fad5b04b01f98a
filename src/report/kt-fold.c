/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fold.h"

#include <string.h>

GPtrArray *
kt_fold_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

static bool
is_same(const KtFoldItem *a, const KtFoldItem *b)
{
	return a->knob == b->knob && a->kind == b->kind && g_strcmp0(a->from, b->from) == 0 &&
	       g_strcmp0(a->to, b->to) == 0;
}

/* Length of the number at the beginning of @text, its value at *@ret_value; 0 when there is none,
 * or one that a set does not hold. */
static size_t
number(const char *text, unsigned *ret_value)
{
	size_t length = 0;
	unsigned value = 0;

	while (g_ascii_isdigit(text[length]) && value < KT_CPUSET_BITS)
		value = value * 10 + (unsigned)g_ascii_digit_value(text[length++]);
	*ret_value = value;
	return value < KT_CPUSET_BITS ? length : 0;
}

/* Where the number begins in which @a and @b differ; false when they differ in anything else. */
static bool
differing_number(const char *a, const char *b, size_t *ret_at)
{
	size_t at = 0;
	unsigned value = 0;

	while (a[at] && a[at] == b[at])
		at++;
	while (at > 0 && g_ascii_isdigit(a[at - 1]))
		at--;
	size_t length_a = number(a + at, &value);
	size_t length_b = number(b + at, &value);
	if (!length_a || !length_b || strcmp(a + at + length_a, b + at + length_b) != 0)
		return false;
	*ret_at = at;
	return true;
}

static bool
try_to_join(KtFold *fold, const KtFoldItem *item)
{
	size_t at = 0;
	unsigned first = 0;
	unsigned second = 0;

	if (!is_same(&fold->item, item) ||
	    !differing_number(fold->item.locator, item->locator, &at) ||
	    (fold->n > 1 && at != fold->number_at))
		return false;
	fold->number_at = at;
	fold->number_length = number(fold->item.locator + at, &first);
	number(item->locator + at, &second);
	kt_cpuset_add(&fold->numbers, first);
	kt_cpuset_add(&fold->numbers, second);
	fold->n++;
	return true;
}

void
kt_fold_add(GPtrArray *folds, const KtFoldItem *item)
{
	for (guint i = 0; i < folds->len; i++) {
		if (try_to_join(folds->pdata[i], item))
			return;
	}

	KtFold *fold = g_new0(KtFold, 1);
	fold->item = *item;
	fold->n = 1;
	g_ptr_array_add(folds, fold);
}

char *
kt_fold_locator(const KtFold *fold)
{
	if (fold->n == 1)
		return g_strdup(fold->item.locator);

	g_autofree char *numbers = kt_cpuset_to_list(&fold->numbers);
	return g_strdup_printf("%.*s%s%s",
			       (int)fold->number_at,
			       fold->item.locator,
			       numbers,
			       fold->item.locator + fold->number_at + fold->number_length);
}
