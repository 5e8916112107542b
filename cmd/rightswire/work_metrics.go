package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/workers"
)

// workMetrics are what a worker counts.
type workMetrics struct {
	*metrics
	jobs    *prometheus.CounterVec // by result
	jobTime prometheus.Histogram
	late    prometheus.Histogram
	grouped prometheus.Counter
}

func newWorkMetrics() *workMetrics {
	m := &workMetrics{metrics: newMetrics()}
	m.jobs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "rightswire_jobs_total", Help: "Jobs of domains that this process worked at, by result: done, failed.",
	}, []string{"result"})
	m.jobs.WithLabelValues("done")
	m.jobs.WithLabelValues("failed")
	m.jobTime = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "rightswire_job_seconds", Help: "How long a job of a domain took.", Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	})
	m.late = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "rightswire_job_late_seconds", Help: "How long after it was due a job began: more workers make it less.", Buckets: []float64{1, 5, 10, 30, 60, 300, 900, 3600},
	})
	m.grouped = prometheus.NewCounter(prometheus.CounterOpts{Name: "rightswire_items_grouped_total", Help: "Items that this process put into stories."})
	m.registry.MustRegister(m.jobs, m.jobTime, m.late, m.grouped)
	return m
}

// of adds what is read of the queue when somebody scrapes.
func (m *workMetrics) of(k *working) { m.registry.MustRegister(&queueGauges{k: k}) }

// observe counts a job.
func (k *working) observe(p workers.Pass) {
	result := "done"
	if p.Err != nil {
		result = "failed"
	}
	k.metrics.jobs.WithLabelValues(result).Inc()
	k.metrics.jobTime.Observe(p.Took.Seconds())
	k.metrics.late.Observe(max(0, p.Late).Seconds())
	k.tally.add(p)
	k.log().LogAttrs(context.Background(), slog.LevelDebug, "domain polled", slog.String("domain", p.Key), slog.Int("sources", p.Sum.Polled),
		slog.Int("items_new", p.Sum.New), slog.Duration("late", p.Late), slog.Duration("took", p.Took))
}

// tellEvery is how often a worker says what it has polled.
const tellEvery = time.Minute

// workTally adds up what a worker has polled since it said so last.
type workTally struct {
	mu      sync.Mutex
	domains int
	sum     aggregator.Summary
	late    time.Duration // the most
}

func (t *workTally) add(p workers.Pass) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.domains++
	t.sum.Polled += p.Sum.Polled
	t.sum.Failed += p.Sum.Failed
	t.sum.New += p.Sum.New
	t.sum.Changed += p.Sum.Changed
	t.late = max(t.late, p.Late)
}

// tell logs what was polled, now and then, until ctx ends.
func (k *working) tell(ctx context.Context) error {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		k.tally.mu.Lock()
		domains, sum, late := k.tally.domains, k.tally.sum, k.tally.late
		k.tally.domains, k.tally.sum, k.tally.late = 0, aggregator.Summary{}, 0
		k.tally.mu.Unlock()
		if sum.Polled > 0 {
			k.log().LogAttrs(ctx, slog.LevelInfo, "polled", slog.Int("sources", sum.Polled), slog.Int("failed", sum.Failed),
				slog.Int("items_new", sum.New), slog.Int("items_changed", sum.Changed), slog.Int("domains", domains), slog.Duration("late", late.Round(time.Second)))
		}
	}
}

// queueGauges tell of the queue when somebody scrapes.
type queueGauges struct {
	k  *working
	mu sync.Mutex

	read   time.Time
	counts map[string]float64
}

var queueDesc = prometheus.NewDesc("rightswire_jobs", "Jobs of domains in the queue, by state: available (due), running, scheduled (asleep), retryable.", []string{"state"}, nil)

// Describe implements [prometheus.Collector].
func (g *queueGauges) Describe(c chan<- *prometheus.Desc) { c <- queueDesc }

// Collect implements [prometheus.Collector].
func (g *queueGauges) Collect(c chan<- prometheus.Metric) {
	for state, n := range g.latest() {
		c <- prometheus.MustNewConstMetric(queueDesc, prometheus.GaugeValue, n, state)
	}
}

// latest returns the counts, read a moment ago at most.
func (g *queueGauges) latest() map[string]float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	pool, now := g.k.queue.Load(), time.Now()
	if pool == nil || now.Sub(g.read) < scrapeEvery {
		return g.counts
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeEvery)
	defer cancel()
	counts, err := workers.Count(ctx, pool)
	if err != nil {
		// Nothing: what was true before the database went would hide that it did.
		g.k.log().LogAttrs(ctx, slog.LevelWarn, "the jobs in the queue could not be counted", slog.Any("err", err))
		counts = nil
	}
	g.counts, g.read = counts, now
	return g.counts
}

// ready says whether the database answers: a worker without it does nothing.
func (k *working) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if _, err := k.w.store.Setting(ctx, "ready"); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyWithin is how soon the database has to answer.
const readyWithin = time.Second

// serveMetrics serves what operators look at, until ctx ends. It has no
// password: it is for an address that only they reach.
func (k *working) serveMetrics(ctx context.Context) error {
	ln, err := net.Listen("tcp", k.flags.metrics)
	if err != nil {
		return usagef("--metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(k.metrics.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 20 * time.Second}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", k.ready)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return ctx.Err()
}
