/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-place-plan.h"

#include "kt-guest.h"
#include "kt-pins.h"

/* Stands in plans where those made by an audit name practices. */
static const KtPractice placement = {
	.id = "place",
	.title = "placement of all guests",
	.scope = KT_SCOPE_GUEST,
	.risk = KT_RISK_MEDIUM,
};

typedef struct Planner {
	KtFacts *facts;
	const KtPolicy *policy;
	const KtInstance *instance;
	const KtSolution *solution;
	KtAudit *audit;
} Planner;

static const KtGuest *
find_guest(const KtFacts *facts, const char *name, uint32_t *ret_index)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		if (!kt_opt_is(facts->guests.v[i].name, name))
			continue;
		*ret_index = i;
		return &facts->guests.v[i];
	}
	return NULL;
}

static const KtCpuset *
iothread_pin(const KtGuestConfig *config, unsigned id)
{
	for (uint32_t i = 0; i < config->iothread_pins.n; i++) {
		const KtIothreadPin *pin = &config->iothread_pins.v[i];
		if (kt_known(pin->iothread) && pin->iothread.v == id && kt_known(pin->cpus))
			return pin->cpus.v;
	}
	return NULL;
}

static void
change_iothread(const KtView *view, unsigned id, const KtCpuset *to, bool is_live_too, KtSink *sink)
{
	const KtCpuset *own = iothread_pin(view->config, id);
	g_autofree char *xml =
		g_strdup_printf("/domain/cputune/iothreadpin[@iothread='%u']/@cpuset", id);
	g_autofree char *live = g_strdup_printf("iothreadpin/%u", id);
	g_autofree char *old = own ? kt_cpuset_to_list(own) : NULL;
	g_autofree char *new = kt_cpuset_to_list(to);

	if (g_strcmp0(old, new) != 0)
		kt_sink_domain_xml(sink, view->guest, xml, old, new);
	if (!is_live_too || !view->live)
		return;

	const KtCpuset *now = iothread_pin(view->live, id);
	const KtCpuset *set = now ? now : kt_pins_emulator(view->host, view->live);
	g_autofree char *from = kt_cpuset_to_list(set);
	if (!g_str_equal(from, new))
		kt_sink_domain_live(sink, view->guest, live, from, new);
}

static void
change_iothreads(const KtView *view, const KtCpuset *to, bool is_live_too, KtSink *sink)
{
	const KtGuestConfig *config = view->config;

	if (kt_known(config->iothread_ids)) {
		kt_cpuset_foreach (config->iothread_ids.v, id)
			change_iothread(view, id, to, is_live_too, sink);
		return;
	}
	for (unsigned id = 1;
	     kt_known(config->iothreads) && id <= config->iothreads.v && id <= KT_CPUSET_BITS;
	     id++)
		change_iothread(view, id, to, is_live_too, sink);
}

static KtCpuset
nodes_of(const Planner *planner, const KtPlaced *placed)
{
	KtCpuset nodes = {0};

	for (uint32_t i = 0; i < placed->n_cells; i++) {
		uint64_t id = planner->instance->nodes[placed->nodes[i]].id;
		if (id < KT_CPUSET_BITS)
			kt_cpuset_add(&nodes, (unsigned)id);
	}
	return nodes;
}

/* Memory where the vCPUs are, from the next start on. */
static void
change_memory(const KtView *view, const KtCpuset *nodes, KtSink *sink)
{
	const KtOptCpuset now = view->config->numa_nodeset;

	if (kt_known(now) && kt_cpuset_equal(now.v, nodes))
		return;
	g_autofree char *from = kt_known(now) ? kt_cpuset_to_list(now.v) : NULL;
	g_autofree char *to = kt_cpuset_to_list(nodes);
	if (!kt_known(view->config->numa_mode))
		kt_sink_domain_xml(
			sink, view->guest, "/domain/numatune/memory/@mode", NULL, "strict");
	kt_sink_domain_xml(sink, view->guest, "/domain/numatune/memory/@nodeset", from, to);
}

/* Pages of a running guest move with the nodes of a restrictive guest, and with those alone:
 * libvirt refuses the others (qemuDomainSetNumaParamsLive), and rightly, since QEMU has bound the
 * memory itself in mode strict. */
static bool
is_memory_movable(const KtView *view)
{
	return view->live && kt_opt_is(view->live->numa_mode, "restrictive") &&
	       kt_known(view->live->numa_nodeset) && view->live->memnodes.n == 0;
}

static void
move_memory(const KtView *view, const KtCpuset *nodes, KtSink *sink)
{
	if (kt_cpuset_equal(view->live->numa_nodeset.v, nodes))
		return;
	g_autofree char *from = kt_cpuset_to_list(view->live->numa_nodeset.v);
	g_autofree char *to = kt_cpuset_to_list(nodes);
	kt_sink_domain_live(sink, view->guest, "numa/numa_nodeset", from, to);
}

static void
change_memnode(const Planner *planner, const KtView *view, uint32_t cell, uint8_t node,
	       KtSink *sink)
{
	g_autofree char *place = g_strdup_printf("/domain/numatune/memnode[@cellid='%u']/@", cell);
	g_autofree char *mode = g_strconcat(place, "mode", NULL);
	g_autofree char *nodeset = g_strconcat(place, "nodeset", NULL);
	g_autofree char *id =
		g_strdup_printf("%" G_GUINT64_FORMAT, planner->instance->nodes[node].id);

	kt_sink_domain_xml(sink, view->guest, mode, NULL, "strict");
	kt_sink_domain_xml(sink, view->guest, nodeset, NULL, id);
}

/* A guest that has to lie on several nodes gets to see them, each cell on one. */
static void
change_cells(const Planner *planner, const KtView *view, uint32_t v, KtSink *sink)
{
	const KtPlaced *placed = &planner->solution->guests[v];
	uint64_t vcpu = 0;

	if (placed->n_cells < 2 || view->live || view->config->cells.n > 0 ||
	    view->config->memnodes.n > 0)
		return;
	for (uint32_t i = 0; i < placed->n_cells; vcpu += placed->cells[i++].vcpus) {
		const KtInstCell *cell = &placed->cells[i];
		g_autofree char *place = g_strdup_printf("/domain/cpu/numa/cell[@id='%u']/@", i);
		g_autofree char *cpus_at = g_strconcat(place, "cpus", NULL);
		g_autofree char *memory_at = g_strconcat(place, "memory", NULL);
		g_autofree char *unit_at = g_strconcat(place, "unit", NULL);
		g_autofree char *memory = g_strdup_printf("%" G_GUINT64_FORMAT, cell->memory_kib);
		KtCpuset set = {0};
		kt_cpuset_add_range(&set, (unsigned)vcpu, (unsigned)(vcpu + cell->vcpus - 1));
		g_autofree char *cpus = kt_cpuset_to_list(&set);
		kt_sink_domain_xml(sink, view->guest, cpus_at, NULL, cpus);
		kt_sink_domain_xml(sink, view->guest, memory_at, NULL, memory);
		kt_sink_domain_xml(sink, view->guest, unit_at, NULL, "KiB");
		change_memnode(planner, view, i, placed->nodes[i], sink);
	}
}

static void
propose(const Planner *planner, const KtView *view, uint32_t v, KtSink *sink)
{
	const KtInstGuest *guest = &planner->instance->guests[v];
	const KtPlaced *placed = &planner->solution->guests[v];
	bool is_movable = is_memory_movable(view);
	/* A guest that has just started has touched little of its memory. */
	bool is_live_too = view->live && (is_movable || planner->instance->has_newcomer ||
					  (guest->n_current > 0 && !placed->moved_kib));
	KtCpuset nodes = nodes_of(planner, placed);
	KtCpuset set;

	for (unsigned i = 0; i < kt_pins_n_vcpus(view->config); i++) {
		if (i >= guest->vcpus)
			break;
		kt_solution_vcpu(planner->instance, planner->solution, v, i, &set);
		kt_pins_change_vcpu(view, i, &set, is_live_too, sink);
	}
	kt_solution_emulator(planner->instance, planner->solution, v, &set);
	kt_pins_change_emulator(view, &set, is_live_too, sink);
	change_iothreads(view, &set, is_live_too, sink);
	if (is_movable)
		move_memory(view, &nodes, sink);
	change_memory(view, &nodes, sink);
	change_cells(planner, view, v, sink);
}

static void
keep_live_only(GPtrArray *changes)
{
	for (guint i = changes->len; i-- > 0;) {
		const KtChange *change = changes->pdata[i];
		if (change->knob != KT_KNOB_DOMAIN_LIVE)
			g_ptr_array_remove_index(changes, i);
	}
}

static bool
is_known(const KtGuestConfig *config)
{
	return kt_pins_are_known(config) && kt_looked(config->numa_nodeset) &&
	       kt_looked(config->numa_mode) && !kt_opt_is(config->placement, "auto");
}

static KtResult *
add_result(Planner *planner, KtTarget target, const char *summary)
{
	KtArena *arena = planner->audit->arena;
	KtResult *result = kt_arena_new0(arena, KtResult, 1);
	g_autofree char *title = kt_target_title(planner->facts, target);

	*result = (KtResult){
		.practice = &placement,
		.target = target,
		.target_title = kt_arena_strdup(arena, title),
		.verdict = KT_VERDICT_FINDING,
		.severity = KT_SEVERITY_INFO,
		.summary = summary,
		.evidence = g_ptr_array_new(),
		.advice = g_ptr_array_new(),
		.changes = g_ptr_array_new(),
	};
	g_ptr_array_add(planner->audit->results, result);
	return result;
}

/* Pools grow to what the guests on each node need; what nobody needs stays. */
static void
add_pools(Planner *planner)
{
	const KtTarget target = {.scope = KT_SCOPE_HOST};
	g_autoptr(KtSink) sink = NULL;
	KtResult *result = NULL;

	for (uint32_t i = 0; i < planner->solution->n_page_pools; i++) {
		const KtPoolPlan *pool = &planner->solution->page_pools[i];
		if (pool->need <= pool->now || pool->pages <= pool->now)
			continue;
		if (!result) {
			result = add_result(
				planner, target, "huge pages for the guests of each node");
			sink = kt_sink_new(
				planner->facts, planner->audit->arena, result, placement.risk);
		}
		g_autofree char *path =
			g_strdup_printf("/sys/devices/system/node/node%" G_GUINT64_FORMAT
					"/hugepages/hugepages-%" G_GUINT64_FORMAT "kB/nr_hugepages",
					planner->instance->nodes[pool->node].id,
					pool->page_kib);
		g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, pool->now);
		g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, pool->pages);
		kt_sink_sysfs(sink, path, KT_SYNTAX_NUMBER, from, to);
	}
	if (result)
		result->severity = KT_SEVERITY_INFO;
}

static void
add_guest(Planner *planner, uint32_t v)
{
	uint32_t index = 0;
	const KtGuest *guest =
		find_guest(planner->facts, planner->instance->guests[v].name, &index);
	const KtGuestConfig *config = guest ? kt_guest_config(guest) : NULL;

	if (!config || !planner->solution->guests[v].is_placed || !is_known(config))
		return;

	const KtTarget target = {.scope = KT_SCOPE_GUEST, .index = index};
	KtResult *result = add_result(planner, target, "its place among all guests");
	const KtView view = {
		.facts = planner->facts,
		.policy = planner->policy,
		.practice = &placement,
		.host = &planner->facts->host,
		.guest = guest,
		.config = config,
		.live = kt_opt_true(guest->is_active) ? &guest->live : NULL,
		.workload = kt_policy_guest_workload(planner->policy, guest),
		.target = target,
	};
	g_autoptr(KtSink) sink =
		kt_sink_new(planner->facts, planner->audit->arena, result, placement.risk);
	propose(planner, &view, v, sink);
	if (planner->instance->has_newcomer)
		keep_live_only(result->changes);
	result->severity = KT_SEVERITY_INFO;
}

static void
free_lists(GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++) {
		KtResult *result = results->pdata[i];
		g_ptr_array_unref(result->evidence);
		g_ptr_array_unref(result->advice);
		g_ptr_array_unref(result->changes);
	}
}

KtPlan *
kt_place_plan(KtFacts *facts, const KtPolicy *policy, const KtInstance *instance,
	      const KtSolution *solution, const KtPlanOptions *options, GError **error)
{
	g_autoptr(KtArena) arena = kt_arena_new();
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	KtAudit audit = {.facts = facts, .arena = arena, .results = results};
	Planner planner = {
		.facts = facts,
		.policy = policy,
		.instance = instance,
		.solution = solution,
		.audit = &audit,
	};

	if (!instance->has_newcomer)
		add_pools(&planner);
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (!instance->has_newcomer || instance->newcomer == v)
			add_guest(&planner, v);
	}
	KtPlan *plan = kt_plan_build(&audit, options, error);
	free_lists(results);
	return plan;
}
