/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-edit.h"
#include "kt-xml.h"

#include <string.h>

/* Single places of a domain XML. */

static const char guest[] =
	"<domain type='kvm'>\n"
	"  <name>web1</name>\n"
	"  <vcpu placement='static'>2</vcpu>\n"
	"  <cputune>\n"
	"    <vcpupin vcpu='0' cpuset='0-1'/>\n"
	"    <vcpupin vcpu='1' cpuset='2-3'/>\n"
	"  </cputune>\n"
	"  <description>a &lt; b &amp; c</description>\n"
	"  <devices>\n"
	"    <disk type='file' device='disk'><source file='/a'/><target dev='vda'/></disk>\n"
	"    <disk type='file' device='disk'><driver name='qemu' cache='none'/>"
	"<target dev='vdb'/></disk>\n"
	"    <controller type='usb' index='1'/><controller type='usb' index='0'/>\n"
	"  </devices>\n"
	"</domain>\n";

static xmlDoc *
parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	xmlDoc *doc = kt_xml_parse(text, strlen(text), "domain", &error);

	g_assert_no_error(error);
	return doc;
}

static char *
get(const xmlDoc *doc, const char *locator)
{
	g_autoptr(GError) error = NULL;
	char *value = NULL;

	(void)!kt_dom_get(doc, locator, &value, &error);
	g_assert_no_error(error);
	return value;
}

static void
set(xmlDoc *doc, const char *locator, const char *value)
{
	g_autoptr(GError) error = NULL;

	(void)!kt_dom_set(doc, locator, value, &error);
	g_assert_no_error(error);
}

static void
test_get(void)
{
	static const struct {
		const char *locator;
		const char *value;
	} rows[] = {
		{.locator = "/domain/vcpu/text()", .value = "2"},
		{.locator = "/domain/vcpu/@placement", .value = "static"},
		{.locator = "/domain/vcpu/@current", .value = NULL},
		{.locator = "/domain/cputune/vcpupin[@vcpu='1']/@cpuset", .value = "2-3"},
		{.locator = "/domain/cputune/vcpupin[@vcpu='2']/@cpuset", .value = NULL},
		{.locator = "/domain/cputune/shares/text()", .value = NULL},
		{.locator = "/domain/description/text()", .value = "a < b & c"},
		{.locator = "/domain/devices/disk[target/@dev='vdb']/driver/@cache",
		 .value = "none"},
		{.locator = "/domain/devices/disk[target/@dev='vda']/driver/@cache", .value = NULL},
		{.locator = "/domain/devices/disk[target/@dev='vda']/source",
		 .value = "<source file='/a'/>"},
	};
	g_autoptr(xmlDoc) doc = parse(guest);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value = get(doc, rows[i].locator);
		g_assert_cmpstr(value, ==, rows[i].value);
	}
}

static void
test_bad_locator(void)
{
	static const char *const locators[] = {
		"",
		"domain",
		"/domain",
		"/domain/",
		"/domain//vcpu",
		"/domain/vcpu[1]",
		"/domain/vcpu[@a]",
		"/domain/vcpu[@a='b]",
		"/domain/vcpu[@a='b'",
		"/domain/vcpu/@",
		"/domain/vcpu/@a/b",
		"/domain/*",
		"/domain/vcpu | /domain/name",
		"/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a",
	};
	g_autoptr(xmlDoc) doc = parse(guest);

	for (size_t i = 0; i < G_N_ELEMENTS(locators); i++) {
		g_autoptr(GError) error = NULL;
		char *value = NULL;
		if (kt_dom_get(doc, locators[i], &value, &error))
			g_error("'%s' is a locator", locators[i]);
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
		g_assert_false(kt_dom_set(doc, locators[i], "x", NULL));
	}
}

/* What is set reads back, and what is set back leaves the document as it was. */
static void
test_set_and_back(void)
{
	static const struct {
		const char *locator;
		const char *value;
	} rows[] = {
		{.locator = "/domain/vcpu/text()", .value = "4"},
		{.locator = "/domain/vcpu/@placement", .value = "auto"},
		{.locator = "/domain/vcpu/@placement", .value = NULL},
		{.locator = "/domain/vcpu/@current", .value = "1"},
		{.locator = "/domain/cputune/vcpupin[@vcpu='0']/@cpuset", .value = "4"},
		{.locator = "/domain/description/text()", .value = "x & y < z"},
		{.locator = "/domain/devices/disk[target/@dev='vdb']/driver/@cache",
		 .value = "writeback"},
		{.locator = "/domain/devices/disk[target/@dev='vda']/source",
		 .value = "<source file='/b'/>"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(xmlDoc) doc = parse(guest);
		g_autofree char *before = kt_dom_digest(doc);
		g_autofree char *old = get(doc, rows[i].locator);

		set(doc, rows[i].locator, rows[i].value);
		g_autofree char *value = get(doc, rows[i].locator);
		g_assert_cmpstr(value, ==, rows[i].value);
		g_autofree char *between = kt_dom_digest(doc);
		g_assert_cmpstr(between, !=, before);
		set(doc, rows[i].locator, old);
		g_autofree char *after = kt_dom_digest(doc);
		g_assert_cmpstr(after, ==, before);
	}
}

static void
test_make(void)
{
	g_autoptr(xmlDoc) doc = parse(guest);

	set(doc, "/domain/cputune/emulatorpin/@cpuset", "0");
	set(doc, "/domain/cputune/vcpupin[@vcpu='7']/@cpuset", "5");
	set(doc, "/domain/iothreads/text()", "2");
	set(doc, "/domain/devices/rng", "<rng model='virtio'><backend model='random'/></rng>");
	g_autofree char *emulator = get(doc, "/domain/cputune/emulatorpin/@cpuset");
	g_autofree char *vcpu = get(doc, "/domain/cputune/vcpupin[@vcpu='7']/@vcpu");
	g_autofree char *threads = get(doc, "/domain/iothreads/text()");
	g_autofree char *rng = get(doc, "/domain/devices/rng/backend/@model");
	g_assert_cmpstr(emulator, ==, "0");
	g_assert_cmpstr(vcpu, ==, "7");
	g_assert_cmpstr(threads, ==, "2");
	g_assert_cmpstr(rng, ==, "random");
}

static void
test_no_make(void)
{
	g_autoptr(xmlDoc) doc = parse(guest);
	g_autoptr(GError) error = NULL;

	/* A disk that is not there cannot be made up from its name. */
	g_assert_false(kt_dom_set(
		doc, "/domain/devices/disk[target/@dev='vdz']/driver/@cache", "none", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_false(kt_dom_set(doc, "/network/name/text()", "x", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_false(kt_dom_set(doc, "/domain/devices/rng", "<rng", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
}

/* Only the named places come back; what somebody else has changed elsewhere stays. */
static void
test_copy(void)
{
	static const char *const locators[] = {
		"/domain/cputune/vcpupin[@vcpu='0']/@cpuset",
		"/domain/cputune/emulatorpin/@cpuset",
		"/domain/devices/disk[target/@dev='vdb']/driver/@cache",
		"/domain/iothreads/text()",
	};
	g_autoptr(xmlDoc) saved = parse(guest);
	g_autoptr(xmlDoc) doc = parse(guest);
	g_autofree char *before = kt_dom_digest(saved);

	for (size_t i = 0; i < G_N_ELEMENTS(locators); i++)
		set(doc, locators[i], "7");
	set(doc, "/domain/description/text()", "theirs");
	for (size_t i = G_N_ELEMENTS(locators); i-- > 0;) {
		g_autoptr(GError) error = NULL;
		g_assert_true(kt_dom_copy(doc, saved, locators[i], &error));
		g_assert_no_error(error);
	}
	g_autofree char *theirs = get(doc, "/domain/description/text()");
	g_assert_cmpstr(theirs, ==, "theirs");
	set(doc, "/domain/description/text()", "a < b & c");
	g_autofree char *after = kt_dom_digest(doc);
	g_assert_cmpstr(after, ==, before);
}

/* What means the same to libvirt has one digest, and all else another. */
static void
test_digest(void)
{
	static const struct {
		const char *a;
		const char *b;
		bool is_equal;
	} rows[] = {
		{.a = "<d><e x='1' y='2'/></d>",
		 .b = "<d>\n  <e y='2'  x='1' />\n</d>",
		 .is_equal = true},
		{.a = "<d><e/><f/></d>", .b = "<d><f/><e/></d>", .is_equal = true},
		{.a = "<d><e x='1'/><e x='2'/></d>", .b = "<d><e x='2'/><e x='1'/></d>"},
		{.a = "<d><controller x='1'/><controller x='2'/></d>",
		 .b = "<d><controller x='2'/><controller x='1'/></d>",
		 .is_equal = true},
		{.a = "<d>a</d>", .b = "<d> a\n</d>", .is_equal = true},
		{.a = "<d>a</d>", .b = "<d>b</d>"},
		{.a = "<d><e/></d>", .b = "<d><e x=''/></d>"},
		{.a = "<d><e/></d>", .b = "<d/>"},
		{.a = "<d x='&lt;'/>", .b = "<d x='&#60;'/>", .is_equal = true},
		{.a = "<d><e>f</e></d>", .b = "<d><e/>f</d>"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(xmlDoc) a = parse(rows[i].a);
		g_autoptr(xmlDoc) b = parse(rows[i].b);
		g_autofree char *left = kt_dom_digest(a);
		g_autofree char *right = kt_dom_digest(b);
		if (g_str_equal(left, right) != rows[i].is_equal)
			g_error("row %zu: '%s' and '%s'", i, rows[i].a, rows[i].b);
	}
}

static void
test_contains(void)
{
	static const char place[] = "/domain/devices/disk[target/@dev='vda']/source";
	g_autoptr(xmlDoc) doc = parse(guest);

	g_assert_true(kt_dom_contains(doc, place, "<source file='/a'/>"));
	g_assert_true(kt_dom_contains(doc, place, "<source/>"));
	g_assert_false(kt_dom_contains(doc, place, "<source file='/b'/>"));
	g_assert_false(kt_dom_contains(doc, place, "<source file='/a'><seclabel/></source>"));
	g_assert_false(kt_dom_contains(doc, "/domain/vcpu/@placement", "<source/>"));
	g_assert_false(kt_dom_contains(doc, place, "no XML"));
}

static void
assert_refused(const char *text, size_t length, int code)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(xmlDoc) doc = kt_xml_parse(text, length, "domain", &error);

	g_assert_null(doc);
	g_assert_error(error, KT_ERROR, code);
}

static void
test_hostile(void)
{
	static const char *const texts[] = {
		"",
		"<domain>",
		"hello",
		"<!DOCTYPE d [<!ENTITY a 'x'>]><domain>&a;</domain>",
		"<!DOCTYPE d SYSTEM 'file:///etc/passwd'><domain/>",
		"<domain><a></b></domain>",
	};
	g_autofree char *deep = NULL;
	GString *nested = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_refused(texts[i], strlen(texts[i]), KT_ERROR_PARSE);
	for (int i = 0; i < 5000; i++)
		g_string_append(nested, "<a>");
	deep = g_string_free(nested, FALSE);
	assert_refused(deep, strlen(deep), KT_ERROR_PARSE);

	g_autofree char *large = g_strnfill(9 * 1024 * 1024, ' ');
	assert_refused(large, 9 * 1024 * 1024, KT_ERROR_LIMIT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/dom-edit/get", test_get);
	g_test_add_func("/dom-edit/bad-locator", test_bad_locator);
	g_test_add_func("/dom-edit/set-and-back", test_set_and_back);
	g_test_add_func("/dom-edit/makes-what-is-missing", test_make);
	g_test_add_func("/dom-edit/makes-nothing-up", test_no_make);
	g_test_add_func("/dom-edit/copies-named-places", test_copy);
	g_test_add_func("/dom-edit/digest", test_digest);
	g_test_add_func("/dom-edit/contains", test_contains);
	g_test_add_func("/dom-edit/hostile", test_hostile);
	return g_test_run();
}
