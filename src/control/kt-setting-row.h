/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What the settings of one guest are: live, configured and effective side by side. */

#include "kt-facts.h"
#include "kt-setting.h"

typedef struct KtSettingRow {
	const KtSetting *setting;
	char *of;        /* what the key's '*' stands for, or NULL */
	char *key;       /* as it is typed */
	char *live;      /* live XML; NULL = not there */
	char *config;    /* inactive XML, what the next start uses; NULL = not there */
	char *effective; /* of the QEMU process; NULL = nothing to look at, or not readable */
	char *inside;    /* what the guest's system says; NULL = not asked, or no answer */
} KtSettingRow;

/* One empty row for every setting that the guest can have, in the order of kt_settings; of the
 * effective and inside columns what facts hold. KtSettingRow * array. */
GPtrArray *kt_setting_rows(const KtGuest *guest);
