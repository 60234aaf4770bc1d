/* The tracer in C, staged by windows: the floor against which the other engines are measured.
 *
 * The same model, draws and technique as compiled_staged.py, and results equal to the last bit: so it must be compiled
 * without -ffast-math and without contraction. The constants are in numbers.h, which c_floor.py writes from model.py.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "numbers.h"

enum { ROOM = 64, LAST = ROOM - 1, HEAP_ROOM = 4096, SCHOOL_OF = NUMBER_BITS + ROUND_BITS };
enum { IDLE = -1, N_CASE_KINDS = SUPPORT_REVIEW };

/* -- draws -------------------------------------------------------------------------------------------------------- */

static inline double least(double a, double b) {
    return a < b ? a : b; /* fmin would be a call, for the sake of what is not a number */
}

static inline uint64_t mixed(uint64_t word) {
    word = (word ^ (word >> 30)) * MIX_1;
    word = (word ^ (word >> 27)) * MIX_2;
    return word ^ (word >> 31);
}

static inline double uniform(int64_t key, int64_t stream, int64_t entity, int64_t occurrence) {
    uint64_t start = mixed((uint64_t)key + (uint64_t)(entity * N_STREAMS + stream) * GOLDEN);
    uint64_t word = mixed(start + (uint64_t)occurrence * GOLDEN);
    return ((double)(word >> 12) + 0.5) * (1.0 / 4503599627370496.0);
}

static inline double polynomial(double x, const double *c) {
    return ((((((c[0] * x + c[1]) * x + c[2]) * x + c[3]) * x + c[4]) * x + c[5]) * x + c[6]) * x + c[7];
}

static double normal_quantile(double u) {
    double q = u - 0.5, r, value;
    if (fabs(q) <= 0.425) {
        r = 0.180625 - q * q;
        return q * polynomial(r, CENTRE_UP) / polynomial(r, CENTRE_DOWN);
    }
    r = sqrt(-log(q < 0.0 ? u : 1.0 - u));
    if (r <= 5.0)
        value = polynomial(r - 1.6, TAIL_UP) / polynomial(r - 1.6, TAIL_DOWN);
    else
        value = polynomial(r - 5.0, FAR_UP) / polynomial(r - 5.0, FAR_DOWN);
    return q < 0.0 ? -value : value;
}

static inline double lognormal(double u, double mean, double log_sd) {
    return mean * exp(log_sd * normal_quantile(u) - 0.5 * log_sd * log_sd);
}

static double weeks_to_candidate(int64_t key, int64_t school, int64_t number) {
    return -log(uniform(key, WEEKS_TO_CANDIDATE, school, number)) / CANDIDATES_PER_WEEK;
}

static int64_t kind_of_candidate(int64_t key, int64_t school, int64_t number, int64_t waiting) {
    double rate = uniform(key, KIND_OF_CANDIDATE, school, number) * CANDIDATES_PER_WEEK;
    double pressure = 1.0 + least(1.0, (double)waiting / WAITING_FOR_FULL_FEEDBACK);
    if (rate < ANNUAL_REVIEWS_PER_WEEK) return ANNUAL_REVIEW;
    rate -= ANNUAL_REVIEWS_PER_WEEK;
    if (rate < REQUESTS_PER_WEEK * pressure) return REQUEST;
    if (rate < (REQUESTS_PER_WEEK + EXCLUSIONS_PER_WEEK) * pressure) return EXCLUSION;
    return NOTHING;
}

static double weeks_of_work(int64_t key, int64_t kind, int64_t school, int64_t number, double hours_in_week) {
    double u = uniform(key, HOURS_OF_WORK + kind, school, number);
    return lognormal(u, MEAN_HOURS[kind], HOURS_LOG_SD) / hours_in_week;
}

static double assessment_weeks(int64_t key, int64_t number) {
    return lognormal(uniform(key, ASSESSMENT, number, 0), ASSESSMENT_WEEKS, ASSESSMENT_LOG_SD);
}

static double weeks_to_appeal(int64_t key, int64_t number) {
    if (uniform(key, APPEAL, number, 0) >= CHANCE_OF_APPEAL) return -1.0;
    return NOTICE_WEEKS - MEAN_WEEKS_TO_APPEAL * log(uniform(key, WEEKS_TO_APPEAL, number, 0));
}

static double hearing_weeks(int64_t key, int64_t number) {
    return lognormal(uniform(key, HEARING, number, 0), HEARING_WEEKS, HEARING_LOG_SD);
}

/* -- heap of (time, thing) ------------------------------------------------------------------------------------------ */

typedef struct {
    int64_t n;
    double at[HEAP_ROOM];
    int64_t thing[HEAP_ROOM];
} Heap;

static void push(Heap *heap, double at, int64_t thing) {
    int64_t hole = heap->n++;
    if (hole >= HEAP_ROOM) abort();
    while (hole > 0) {
        int64_t parent = (hole - 1) >> 1;
        if (heap->at[parent] <= at) break;
        heap->at[hole] = heap->at[parent];
        heap->thing[hole] = heap->thing[parent];
        hole = parent;
    }
    heap->at[hole] = at;
    heap->thing[hole] = thing;
}

static void replace_first(Heap *heap, double at, int64_t thing) {
    int64_t hole = 0, n = heap->n;
    for (;;) {
        int64_t child = 2 * hole + 1;
        if (child >= n) break;
        if (child + 1 < n && heap->at[child + 1] < heap->at[child]) child++;
        if (at <= heap->at[child]) break;
        heap->at[hole] = heap->at[child];
        heap->thing[hole] = heap->thing[child];
        hole = child;
    }
    heap->at[hole] = at;
    heap->thing[hole] = thing;
}

static void drop_first(Heap *heap) {
    heap->n--;
    replace_first(heap, heap->at[heap->n], heap->thing[heap->n]);
}

/* -- records -------------------------------------------------------------------------------------------------------- */

typedef struct {
    double done_at, candidate_at, term_at, preparation_at; /* the calendar */
    double hours;
    int64_t in_hand, in_hand_case;
    int64_t id, reviews_per_term, candidates, terms, cases_waiting, lapsed, announced;
    double due_since;
    int64_t due_terms, due_until;
    int64_t arrived[N_KINDS], begun[N_KINDS], completed[N_KINDS];
    double weeks_waited[N_KINDS];
    double entered[N_CASE_KINDS][ROOM];
    int64_t cases[ROOM];
} School;

typedef struct {
    int64_t joined, decided, in_process, waiting, remitted;
    double weeks_waited;
    Heap coming, places, appeals, lodged;
} Station;

/* -- a school ------------------------------------------------------------------------------------------------------- */

static inline double term_week(int64_t term) {
    return (double)(WEEKS_PER_YEAR * (term / N_TERMS)) + TERM_WEEKS[term % N_TERMS];
}

static void open_school(School *school, int64_t number, int64_t key) {
    school->id = number;
    school->hours = LEAST_HOURS_PER_WEEK + SPREAD_OF_HOURS_PER_WEEK * uniform(key, HOURS_PER_WEEK, number, 0);
    school->reviews_per_term = LEAST_REVIEWS_PER_TERM + number % SPREAD_OF_REVIEWS_PER_TERM;
    school->in_hand = IDLE;
    school->done_at = INFINITY;
    school->candidate_at = weeks_to_candidate(key, number, 0);
    school->preparation_at = INFINITY;
}

static void meet_candidate(School *school, int64_t key, double now) {
    int64_t waiting = school->cases_waiting + school->arrived[SUPPORT_REVIEW] - school->begun[SUPPORT_REVIEW];
    int64_t kind = kind_of_candidate(key, school->id, school->candidates, waiting);
    school->candidates++;
    school->candidate_at = now + weeks_to_candidate(key, school->id, school->candidates);
    if (kind == NOTHING) return;
    int64_t number = school->arrived[kind]++;
    if (number - school->begun[kind] >= ROOM) abort();
    school->entered[kind][number & LAST] = now;
    school->cases_waiting++;
}

static void start_term(School *school) {
    school->arrived[SUPPORT_REVIEW] += school->reviews_per_term;
    school->terms++;
    school->term_at = term_week(school->terms);
}

static void announce_preparation(School *school, int64_t number_of_case, double at) {
    int64_t number = school->announced++;
    if (number - school->begun[PREPARATION] >= ROOM) abort();
    school->entered[PREPARATION][number & LAST] = at;
    school->cases[number & LAST] = number_of_case;
    if (number == school->arrived[PREPARATION]) school->preparation_at = at;
}

static void receive_preparation(School *school) {
    int64_t number = ++school->arrived[PREPARATION];
    school->cases_waiting++;
    school->preparation_at = number < school->announced ? school->entered[PREPARATION][number & LAST] : INFINITY;
}

static inline void begin(School *school, int64_t kind, double entered, int64_t key, double now) {
    int64_t number = school->begun[kind]++;
    school->weeks_waited[kind] += now - entered;
    school->in_hand = kind;
    school->done_at = now + weeks_of_work(key, kind, school->id, number, school->hours);
}

static inline void take_review(School *school, int64_t key, double now) {
    while (school->begun[SUPPORT_REVIEW] < school->arrived[SUPPORT_REVIEW]) {
        int64_t number = school->begun[SUPPORT_REVIEW];
        if (number == school->due_until) {
            school->due_since = term_week(school->due_terms++);
            school->due_until += school->reviews_per_term;
        }
        if (now - school->due_since <= REVIEW_LAPSES_AFTER) {
            begin(school, SUPPORT_REVIEW, school->due_since, key, now);
            return;
        }
        school->lapsed += school->due_until - number; /* and so do the others of its term */
        school->begun[SUPPORT_REVIEW] = school->due_until;
    }
}

static inline void take_work(School *school, int64_t key, double now) {
    if (school->cases_waiting == 0) {
        take_review(school, key, now);
        return;
    }
    int64_t kind = 0;
    school->cases_waiting--;
    while (school->begun[kind] == school->arrived[kind]) kind++;
    int64_t place = school->begun[kind] & LAST;
    if (kind == PREPARATION) school->in_hand_case = school->cases[place];
    begin(school, kind, school->entered[kind][place], key, now);
}

static inline void finish_work(School *school, Station *council, double now) {
    int64_t kind = school->in_hand;
    school->completed[kind]++;
    school->in_hand = IDLE;
    school->done_at = INFINITY;
    if (kind == REQUEST)
        push(&council->coming, now, (school->id << NUMBER_BITS | (school->begun[REQUEST] - 1)) << ROUND_BITS);
    else if (kind == PREPARATION)
        push(&council->lodged, now, school->in_hand_case);
}

static void advance_school(School *school, Station *council, int64_t key, double until) {
    for (;;) {
        double now = least(least(school->done_at, school->candidate_at), least(school->term_at, school->preparation_at));
        if (now >= until) return;
        if (now == school->done_at)
            finish_work(school, council, now);
        else if (now == school->candidate_at)
            meet_candidate(school, key, now);
        else if (now == school->term_at)
            start_term(school);
        else
            receive_preparation(school);
        if (school->in_hand == IDLE) take_work(school, key, now);
    }
}

/* -- councils and the tribunal -------------------------------------------------------------------------------------- */

static double serve(Station *station, double joined, double weeks, double horizon) {
    double free_at = station->places.at[0];
    double begun = joined > free_at ? joined : free_at;
    double decided = begun + weeks;
    replace_first(&station->places, decided, 0);
    station->joined++;
    if (begun >= horizon) {
        station->waiting++;
        return decided;
    }
    station->weeks_waited += begun - joined;
    if (decided < horizon)
        station->decided++;
    else
        station->in_process++;
    return decided;
}

static void deliver_appeals(Station *council, School *schools, double until) {
    Heap *appeals = &council->appeals;
    while (appeals->n > 0 && appeals->at[0] < until) {
        announce_preparation(&schools[appeals->thing[0] >> SCHOOL_OF], appeals->thing[0], appeals->at[0]);
        drop_first(appeals);
    }
}

static void assess(Station *council, int64_t key, double until, double horizon) {
    Heap *coming = &council->coming;
    while (coming->n > 0 && coming->at[0] < until) {
        int64_t number = coming->thing[0];
        double decided = serve(council, coming->at[0], assessment_weeks(key, number), horizon);
        drop_first(coming);
        council->remitted += (number & ((1 << ROUND_BITS) - 1)) > 0;
        double weeks = weeks_to_appeal(key, number);
        if (weeks >= 0.0 && decided + weeks < horizon) push(&council->appeals, decided + weeks, number);
    }
}

static void hear(Station *tribunal, Station *councils, int64_t n_councils, int64_t per_council, int64_t key,
                 double until, double horizon) {
    for (int64_t c = 0; c < n_councils; c++) {
        Heap *lodged = &councils[c].lodged;
        for (int64_t i = 0; i < lodged->n; i++) push(&tribunal->coming, lodged->at[i], lodged->thing[i]);
        lodged->n = 0;
    }
    Heap *coming = &tribunal->coming;
    while (coming->n > 0 && coming->at[0] < until) {
        int64_t number = coming->thing[0];
        double decided = serve(tribunal, coming->at[0], hearing_weeks(key, number), horizon);
        drop_first(coming);
        if (uniform(key, REMITTAL, number, 0) < CHANCE_OF_REMITTAL && decided + REMITTAL_WEEKS < horizon)
            push(&councils[(number >> SCHOOL_OF) / per_council].coming, decided + REMITTAL_WEEKS, number + 1);
    }
}

/* -- what is called from outside: sizes, then the records, all zero, then the run ------------------------------------- */

typedef struct {
    int64_t arrived[N_KINDS], begun[N_KINDS], completed[N_KINDS], in_hand, lapsed;
    double weeks_waited[N_KINDS];
} SchoolReport;

typedef struct {
    int64_t joined, decided, in_process, waiting, remitted;
    double weeks_waited;
} StationReport;

static StationReport report_of(const Station *s) {
    return (StationReport){s->joined, s->decided, s->in_process, s->waiting, s->remitted, s->weeks_waited};
}

/* Returns 0, or 1 if there is not enough memory. The last council of the reports is the tribunal. */
int simulate(int64_t n_councils, int64_t per_council, int64_t council_places, int64_t tribunal_places, int64_t key,
             double horizon, SchoolReport *school_reports, StationReport *station_reports) {
    int64_t n_schools = n_councils * per_council;
    School *schools = calloc((size_t)n_schools, sizeof(School));
    Station *councils = calloc((size_t)n_councils + 1, sizeof(Station));
    if (!schools || !councils || council_places > HEAP_ROOM || tribunal_places > HEAP_ROOM) return 1;
    Station *tribunal = &councils[n_councils];
    for (int64_t s = 0; s < n_schools; s++) open_school(&schools[s], s, key);
    for (int64_t c = 0; c < n_councils; c++) councils[c].places.n = council_places;
    tribunal->places.n = tribunal_places;
    for (double until = 0.0; until < horizon;) {
        until = least(until + WINDOW_WEEKS, horizon);
        for (int64_t c = 0; c < n_councils; c++) {
            deliver_appeals(&councils[c], schools, until);
            for (int64_t s = c * per_council; s < (c + 1) * per_council; s++)
                advance_school(&schools[s], &councils[c], key, until);
            assess(&councils[c], key, until, horizon);
        }
        hear(tribunal, councils, n_councils, per_council, key, until, horizon);
    }
    for (int64_t s = 0; s < n_schools; s++) {
        SchoolReport *report = &school_reports[s];
        for (int k = 0; k < N_KINDS; k++) {
            report->arrived[k] = schools[s].arrived[k];
            report->begun[k] = schools[s].begun[k];
            report->completed[k] = schools[s].completed[k];
            report->weeks_waited[k] = schools[s].weeks_waited[k];
        }
        report->in_hand = schools[s].in_hand;
        report->lapsed = schools[s].lapsed;
    }
    for (int64_t c = 0; c <= n_councils; c++) station_reports[c] = report_of(&councils[c]);
    free(schools);
    free(councils);
    return 0;
}
