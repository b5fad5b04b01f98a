/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Each constraint of hot-plugging violated on purpose: its own words, a hint, and no plan. */

#include "kt-guest-xml.h"
#include "kt-request.h"

#include <string.h>

#define DOMAIN(attributes, rest)                                                                   \
	"<domain type='kvm'><memory unit='MiB'>1024</memory>"                                      \
	"<currentMemory unit='MiB'>1024</currentMemory><vcpu current='2'>8</vcpu>"                 \
	"<os><type " attributes ">hvm</type></os>" rest "</domain>"
#define X86     "arch='x86_64' machine='pc-q35-7.2'"
#define CEILING "<maxMemory slots='16' unit='GiB'>128</maxMemory>"
#define CELL    "<cpu><numa><cell id='0' cpus='0-7' memory='1' unit='GiB'/></numa></cpu>"
#define DIMM                                                                                       \
	"<memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"
#define NIC(attributes, model)                                                                     \
	"<interface " attributes "><mac address='52:54:00:00:00:01'/><model type='" model          \
	"'/></interface>"
#define WINDOWS                                                                                    \
	"<metadata><libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/"      \
	"domain/1.0'><libosinfo:os id='http://microsoft.com/win/11'/></libosinfo:libosinfo>"       \
	"</metadata>"
#define TWO_CELLS                                                                                  \
	"<cpu><numa><cell id='0' cpus='0-3' memory='512' unit='MiB'/>"                             \
	"<cell id='1' cpus='4-7' memory='512' unit='MiB'/></numa></cpu>"

typedef struct Row {
	const char *xml;
	const char *wish;
	const char *said; /* NULL: there is a plan */
} Row;

static const Row rows[] = {
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "memory+=1G@0"},
	{.xml = DOMAIN(X86, CEILING), .wish = "memory+=1G", .said = "before 9.6 needs one"},
	{.xml = DOMAIN(X86, CELL), .wish = "memory+=1G@0", .said = "no <maxMemory>"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "memory+=100M@0", .said = "block of 128 MiB"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "dimm.16=1G@0", .said = "slots 0 to 15"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "dimm.01=1G@0", .said = "no memory device"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "memory+=128G@0", .said = "above its <maxMem"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "memory+=64G@0", .said = "more than 32 times"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "memory+=1G@1", .said = "no NUMA node 1"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "memory+=1G", .said = "say which of"},
	{.xml = DOMAIN(X86, CEILING CELL "<memoryBacking><hugepages><page size='1' unit='GiB'/>"
					 "</hugepages></memoryBacking>"),
	 .wish = "memory+=1536M@0",
	 .said = "huge pages of 1048576 KiB"},
	{.xml = DOMAIN("arch='x86_64' machine='pc-i440fx-2.0'", CEILING CELL),
	 .wish = "memory+=1G@0",
	 .said = "takes no memory while it runs"},
	{.xml = DOMAIN("arch='aarch64' machine='virt-4.1'", CEILING CELL),
	 .wish = "memory+=1G@0",
	 .said = "virt-4.2 does"},
	{.xml = DOMAIN("arch='aarch64' machine='virt-4.2'", CEILING CELL), .wish = "memory+=1G@0"},
	{.xml = DOMAIN(X86, CEILING TWO_CELLS WINDOWS),
	 .wish = "memory+=1G@1",
	 .said = "Windows does not see"},
	{.xml = DOMAIN(X86, CEILING TWO_CELLS WINDOWS), .wish = "memory+=1G@0"},
	{.xml = DOMAIN(X86, CEILING CELL "<devices>" NIC("type='vhostuser'", "virtio")
				    DIMM DIMM DIMM DIMM "</devices>"),
	 .wish = "memory+=1G@0",
	 .said = "vhost-user backend may map 8"},
	{.xml = DOMAIN(X86, CEILING CELL "<devices>" NIC("type='network'", "virtio")
				    DIMM DIMM DIMM DIMM "</devices>"),
	 .wish = "memory+=1G@0"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "virtio-mem.a=1M/1G@0", .said = "of 2 MiB"},
	{.xml = DOMAIN(X86, CEILING CELL), .wish = "virtio-mem.a=2M/1G@0"},
	{.xml = DOMAIN(X86, "<devices><memballoon model='none'/></devices>"),
	 .wish = "memory=512M",
	 .said = "no balloon"},
	{.xml = DOMAIN(X86, ""), .wish = "memory=2G", .said = "above the guest's memory.max"},
	{.xml = DOMAIN(X86, "<memtune><swap_hard_limit unit='GiB'>1</swap_hard_limit></memtune>"),
	 .wish = "memory.hard-limit=2G",
	 .said = "above memory.swap-hard-limit"},
	{.xml = DOMAIN(X86, ""), .wish = "vcpus=9", .said = "above the guest's vcpus.max"},
	{.xml = DOMAIN(X86, ""), .wish = "vcpus=8"},
	{.xml = DOMAIN("arch='x86_64' machine='pc-i440fx-1.4'", ""),
	 .wish = "vcpus=4",
	 .said = "older than 1.5"},
	{.xml = DOMAIN("arch='aarch64' machine='virt-7.2'", ""),
	 .wish = "vcpus=4",
	 .said = "takes no CPU while"},
	{.xml = DOMAIN(X86, "<cpu><topology sockets='2' cores='4' threads='1'/><numa>"
			    "<cell id='0' cpus='0-1,4-5' memory='512' unit='MiB'/>"
			    "<cell id='1' cpus='2-3,6-7' memory='512' unit='MiB'/></numa></cpu>"),
	 .wish = "vcpus=4",
	 .said = "socket 0 of the guest is split"},
	{.xml = DOMAIN(X86, "<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"
			    "<vcpu id='1' enabled='yes' hotpluggable='no'/></vcpus>"),
	 .wish = "vcpus=1",
	 .said = "were there when the guest started"},
	{.xml = DOMAIN(X86, ""), .wish = "blkio./dev/sda.weight=100", .said = "crash libvirt 9.0"},
	{.xml = DOMAIN(X86, ""), .wish = "blkio.sda.read-iops-sec=1", .said = "no block device"},
	{.xml = DOMAIN(X86, "<iothreads>1</iothreads>"),
	 .wish = "iothread.1.poll-max-ns=1",
	 .said = "from 9.4 on, this is 9.0"},
	{.xml = DOMAIN(X86, "<iothreads>1</iothreads>"),
	 .wish = "iothread.2.pool-max=1",
	 .said = "no IOThread '2'"},
};

static KtFacts *
make_facts(const char *xml)
{
	KtFacts *facts = kt_facts_new();
	KtGuest *guest = kt_arena_new0(facts->arena, KtGuest, 1);
	KtGuestTune tune = {0};

	facts->guests = (KtGuestList){.v = guest, .n = 1, .state = KT_STATE_VALUE};
	facts->meta.libvirt_version = (KtOptU64){.v = 9000000, .state = KT_STATE_VALUE};
	guest->name = (KtOptStr){.v = "web1", .state = KT_STATE_VALUE};
	guest->uuid =
		(KtOptStr){.v = "6a0b8d1c-3c1f-4f8e-9d5d-2f6f5c1b7a10", .state = KT_STATE_VALUE};
	guest->is_active = (KtOptBool){.v = true, .state = KT_STATE_VALUE};
	guest->is_persistent = guest->is_active;
	kt_guest_xml_read(facts, xml, "live XML", &guest->live, &tune);
	kt_guest_xml_read(facts, xml, "inactive XML", &guest->inactive, &tune);
	return facts;
}

static void
test_constraints(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const wishes[] = {rows[i].wish, NULL};
		const KtRequest request = {.assignments = wishes, .tool_version = "0"};
		g_autoptr(KtFacts) facts = make_facts(rows[i].xml);
		g_autoptr(GError) error = NULL;
		g_autoptr(KtPlan) plan = kt_request_plan(facts, 0, &request, &error);

		if (!rows[i].said) {
			if (!plan)
				g_error("%s: %s", rows[i].wish, error->message);
			continue;
		}
		if (plan || !strstr(error->message, rows[i].said) || !kt_error_hint(error))
			g_error("%s: '%s', not '%s'",
				rows[i].wish,
				plan ? "a plan" : error->message,
				rows[i].said);
	}
}

/* One DIMM is one call, and a definition whose totals and balloon count it. */
static void
test_totals(void)
{
	static const char *const wishes[] = {"memory+=1G@0", NULL};
	const KtRequest request = {.assignments = wishes, .tool_version = "0"};
	g_autoptr(KtFacts) facts = make_facts(DOMAIN(X86, CEILING CELL));
	g_autoptr(GError) error = NULL;
	g_autoptr(KtPlan) plan = kt_request_plan(facts, 0, &request, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(plan->n_steps, ==, 2);
	g_assert_cmpstr(plan->steps[0].edits[0].locator, ==, "dimm/0");
	g_assert_cmpstr(plan->steps[0].edits[0].to, ==, "1048576@0");
	g_assert_cmpuint(plan->steps[1].n_edits, ==, 3);
	g_assert_cmpstr(plan->steps[1].edits[1].to, ==, "2097152");
	g_assert_cmpstr(plan->steps[1].edits[2].locator, ==, "/domain/currentMemory/text()");
	g_assert_cmpstr(plan->steps[1].edits[2].to, ==, "2097152");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/preflight/constraints", test_constraints);
	g_test_add_func("/preflight/totals", test_totals);
	return g_test_run();
}
