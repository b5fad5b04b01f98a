/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect.h"

#include "kt-clock.h"
#include "kt-collect-guest.h"
#include "kt-collect-host.h"
#include "kt-collect-pci.h"
#include "kt-image-fetch.h"
#include "kt-inside-fetch.h"
#include "kt-virt-fetch.h"
#include "kt-virt-uri.h"

#include <unistd.h>

void
kt_collected_clear(KtCollected *collected)
{
	g_clear_pointer(&collected->facts, kt_facts_unref);
	g_clear_pointer(&collected->virt, kt_virt_dump_free);
	g_clear_pointer(&collected->topology_xml, g_free);
	g_clear_pointer(&collected->images, json_decref);
}

static KtOptStr
copy_str(KtFacts *facts, KtOptStr opt)
{
	if (opt.v)
		opt.v = kt_arena_strdup(facts->arena, opt.v);
	return opt;
}

/* Answers of libvirt when it is not to be asked. */
static KtVirtDump *
silent_dump(void)
{
	KtVirtDump *dump = kt_virt_dump_new();

	dump->tool_version = (KtOptStr){.v = KT_VERSION, .state = KT_STATE_VALUE};
	dump->collected_us = (KtOptI64){.v = kt_clock_wall_us(), .state = KT_STATE_VALUE};
	return dump;
}

/* The connection that is or was asked for; NULL = libvirt's own choice. */
static const char *
wanted_uri(const KtCollectOptions *options)
{
	if (options->virt)
		return options->virt->uri.v;
	return options->uri ? options->uri : kt_virt_uri_default();
}

static KtVirtDump *
fetch(const KtCollectOptions *options, bool is_live)
{
	const char *uri = wanted_uri(options);
	bool is_wanted = options->uri ? *options->uri != '\0' : is_live;
	uint32_t deadline_ms = options->deadline_ms ? options->deadline_ms : KT_COLLECT_DEADLINE_MS;

	if (!is_wanted)
		return silent_dump();
	KtVirtDump *dump = kt_virt_fetch(uri, deadline_ms, geteuid() == 0);
	if (options->is_inside)
		kt_inside_fetch(dump, uri, options->inside_words, deadline_ms);
	return dump;
}

static void
fill_meta(KtFacts *facts, const KtVirtDump *dump, KtRoot *root)
{
	KtFactsMeta *meta = &facts->meta;
	const char *path = kt_root_path(root);

	meta->tool_version = copy_str(facts, dump->tool_version);
	meta->collected_us = dump->collected_us;
	if (path)
		meta->root = (KtOptStr){.v = kt_arena_strdup(facts->arena, path),
					.state = KT_STATE_VALUE};
	meta->uri = copy_str(facts, dump->uri);
	meta->is_remote = (KtOptBool){
		.v = kt_known(dump->uri) && kt_virt_uri_is_remote(dump->uri.v),
		.state = KT_STATE_VALUE,
	};
	meta->is_privileged = dump->is_privileged;
	meta->libvirt_version = dump->libvirt_version;
	meta->qemu_version = dump->qemu_version;
	meta->libvirt_problem = copy_str(facts, dump->problem);
}

/* An alias of libvirt.conf turned out to lead to another machine. */
static void
forget_host(KtCollected *collected)
{
	collected->facts->host = (KtHost){0};
	g_clear_pointer(&collected->topology_xml, g_free);
}

/* Only on the machine itself: the paths in guests that were replayed or run elsewhere, and below
 * another root, would be those of other files here. */
static bool
collect_images(const KtCollectOptions *options, bool is_live, KtCollected *collected,
	       GError **error)
{
	KtFacts *facts = collected->facts;
	uint32_t deadline_ms = options->deadline_ms ? options->deadline_ms : KT_COLLECT_DEADLINE_MS;

	if (options->images)
		return kt_image_merge(facts, options->images, error);
	if (options->virt || !is_live || facts->meta.is_remote.v)
		return true;
	collected->images = kt_image_fetch(facts, deadline_ms);
	return kt_image_merge(facts, collected->images, error);
}

static bool
collect(const KtCollectOptions *options, KtRoot *root, KtCollected *collected, GError **error)
{
	bool is_live = kt_root_is_live(root);
	KtFacts *facts = collected->facts = kt_facts_new();
	const KtVirtDump *dump = options->virt;

	/* Before libvirt is asked: hwloc needs the environment for itself (kt-collect-host.h), and
	 * a connection that hangs leaves a thread behind. */
	if (!kt_virt_uri_is_remote(wanted_uri(options)) &&
	    !kt_collect_host(facts, root, options->topology_xml, &collected->topology_xml, error))
		return false;

	if (!dump)
		dump = collected->virt = fetch(options, is_live);
	fill_meta(facts, dump, root);
	if (!kt_known(facts->meta.is_privileged) && is_live)
		facts->meta.is_privileged =
			(KtOptBool){.v = geteuid() == 0, .state = KT_STATE_VALUE};
	if (facts->meta.is_remote.v)
		forget_host(collected);
	kt_collect_guests(facts, dump, facts->meta.is_remote.v ? NULL : root, options->is_deep);
	if (!facts->meta.is_remote.v)
		kt_collect_pci(facts, root);
	return collect_images(options, is_live, collected, error);
}

bool
kt_collect(const KtCollectOptions *options, KtCollected *ret_collected, GError **error)
{
	g_autoptr(KtRoot) live = options->root ? NULL : kt_root_open("/", error);
	KtRoot *root = options->root ? options->root : live;
	g_auto(KtCollected) collected = {NULL};

	if (!root || !collect(options, root, &collected, error))
		return false;
	*ret_collected = collected;
	collected = (KtCollected){NULL};
	return true;
}
