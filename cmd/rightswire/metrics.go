package main

import (
	"cmp"
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// metrics are what a daemon counts. A nil one counts nothing. They have a
// registry of their own, so that no library adds to them.
type metrics struct {
	registry *prometheus.Registry

	polls      *prometheus.CounterVec // by outcome
	pollTime   prometheus.Histogram
	pollBytes  prometheus.Counter
	items      *prometheus.CounterVec // new or changed
	failures   prometheus.Counter
	lastPass   prometheus.Gauge
	lastKept   prometheus.Gauge
	files      prometheus.Gauge
	backups    *prometheus.CounterVec // by result
	lastBackup prometheus.Gauge
	backupSize prometheus.Gauge
	prunedRows *prometheus.CounterVec // items, rows of the ledger, entries of the record of the desk
	requests   *prometheus.CounterVec // by class of status
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "rightswire_" + name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "rightswire_" + name, Help: help})
		m.registry.MustRegister(g)
		return g
	}
	m.polls = counter("polls_total", "Polls of sources, by outcome: new, unchanged, failed.", "outcome")
	m.pollTime = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "rightswire_poll_seconds", Help: "How long a poll took until its result was ready to be stored.",
		Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
	})
	m.pollBytes = counter("poll_bytes_total", "Bytes of documents that were read, after decompression.").WithLabelValues()
	m.items = counter("items_total", "Items that polls brought: new or changed.", "what")
	m.failures = counter("step_failures_total", "Steps of the daemon (poll, publish, index) that failed as a whole.").WithLabelValues()
	m.lastPass = gauge("pass_last_success_timestamp_seconds", "When a pass over the due sources last ended well.")
	m.lastKept = gauge("publish_last_success_timestamp_seconds", "When what is published was last stored and delivered, or found to be so.")
	m.files = gauge("site_files", "Files of the site as it is served.")
	m.backups = counter("backups_total", "Backups on schedule, by result: done, failed.", "result")
	m.lastBackup = gauge("backup_last_success_timestamp_seconds", "When the last backup on schedule was made; 0 since the start: none.")
	m.backupSize = gauge("backup_bytes", "Size of the last backup.")
	m.prunedRows = counter("pruned_total", "What retention took out: items, rows of the ledger, or audit entries of the desk.", "what")
	m.requests = counter("http_requests_total", "Requests of readers, by class of status.", "class")
	m.registry.MustRegister(m.pollTime, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "rightswire_build_info", Help: "1, with the version of this program.",
		ConstLabels: prometheus.Labels{"version": buildVersion()}})
	build.Set(1)
	m.registry.MustRegister(build)
	// A series that is not there yet cannot be told from one that stands still.
	for _, o := range []news.Outcome{news.OutcomeNew, news.OutcomeUnchanged, news.OutcomeFailed} {
		m.polls.WithLabelValues(string(o))
	}
	for vec, values := range map[*prometheus.CounterVec][]string{
		m.items: {"new", "changed"}, m.backups: {"done", "failed"}, m.prunedRows: {"items", "ledger", "audit"}, m.requests: {"2xx", "3xx", "4xx", "5xx"},
	} {
		for _, v := range values {
			vec.WithLabelValues(v)
		}
	}
	return m
}

func (m *metrics) polled(p news.Poll) {
	m.polls.WithLabelValues(string(p.Outcome)).Inc()
	m.pollTime.Observe(p.Took.Seconds())
	m.pollBytes.Add(float64(max(0, p.Bytes)))
	m.items.WithLabelValues("new").Add(float64(p.New))
	m.items.WithLabelValues("changed").Add(float64(p.Changed))
}

// step keeps what became of a step of the daemon.
func (m *metrics) step(err error) {
	if m != nil && err != nil {
		m.failures.Inc()
	}
}

// passed keeps that a pass ended well.
func (m *metrics) passed(now time.Time) {
	if m != nil {
		m.lastPass.Set(seconds(now))
	}
}

// kept keeps what became of storing and delivering the site.
func (m *metrics) kept(ok bool, files int, now time.Time) {
	if m == nil {
		return
	}
	m.files.Set(float64(files))
	if ok {
		m.lastKept.Set(seconds(now))
	}
}

func (m *metrics) backup(err error, c storage.Copy, now time.Time) {
	switch {
	case m == nil:
	case err != nil:
		m.backups.WithLabelValues("failed").Inc()
	default:
		m.backups.WithLabelValues("done").Inc()
		m.lastBackup.Set(seconds(now))
		m.backupSize.Set(float64(c.Bytes))
	}
}

func (m *metrics) pruned(p storage.Pruned) {
	if m != nil {
		m.prunedRows.WithLabelValues("items").Add(float64(p.Items))
		m.prunedRows.WithLabelValues("ledger").Add(float64(p.Polls))
		m.prunedRows.WithLabelValues("audit").Add(float64(p.Audit))
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// counting counts what readers are answered.
func (m *metrics) counting(next http.Handler) http.Handler {
	var classes [6]prometheus.Counter // looked up once, not for every answer
	for i := 2; i < len(classes); i++ {
		classes[i] = m.requests.WithLabelValues(strconv.Itoa(i) + "xx")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &countingWriter{ResponseWriter: w, code: http.StatusOK}
		next.ServeHTTP(c, r)
		if i := c.code / 100; i < len(classes) && classes[i] != nil {
			classes[i].Inc()
		}
	})
}

type countingWriter struct {
	http.ResponseWriter
	code int
}

func (c *countingWriter) WriteHeader(code int) {
	c.code = code
	c.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController through.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Bounds on what is told of single sources, and on how often the database is
// asked, however often somebody scrapes.
const (
	failingSeries = 100
	scrapeEvery   = 10 * time.Second
	overdueAfter  = time.Hour
)

// gauges tell of the database when somebody scrapes.
type gauges struct {
	d  *daemon
	mu sync.Mutex

	read   time.Time
	states []news.SourceState
	err    error
}

var (
	sourcesDesc  = prometheus.NewDesc("rightswire_sources", "Sources of the configuration, by state: ok, failing, new, paused, proposed.", []string{"state"}, nil)
	overdueDesc  = prometheus.NewDesc("rightswire_sources_overdue", "Sources that should have been asked an hour ago or more.", nil, nil)
	failingDesc  = prometheus.NewDesc("rightswire_source_failures", "Polls of a source that failed in a row; of the hundred worst that fail.", []string{"source"}, nil)
	databaseDesc = prometheus.NewDesc("rightswire_database_bytes", "Size of the database: its file, and its write-ahead log.", []string{"part"}, nil)
	freeDesc     = prometheus.NewDesc("rightswire_disk_free_bytes", "Room on the disk of the database, of publish.to, and of the backups.", []string{"of"}, nil)
	scrapeDesc   = prometheus.NewDesc("rightswire_database_readable", "1 if the states of sources could be read for this.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (g *gauges) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{sourcesDesc, overdueDesc, failingDesc, databaseDesc, freeDesc, scrapeDesc} {
		c <- d
	}
}

// Collect implements [prometheus.Collector].
func (g *gauges) Collect(c chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	cfg, app := g.d.inEffect.Load(), g.d.wire.app
	states, err := g.latest(app.now())
	gauge(scrapeDesc, map[bool]float64{true: 1}[err == nil])
	counts, overdue := countStates(cfg.Sources, states, app.now())
	for state, n := range counts {
		gauge(sourcesDesc, float64(n), state)
	}
	gauge(overdueDesc, float64(overdue))
	for _, s := range worst(cfg.Sources, states) {
		gauge(failingDesc, float64(s.Failures), s.Source)
	}
	path := app.beside(cfg.Database.URL)
	for part, tail := range map[string]string{"file": "", "log": "-wal"} {
		if st, err := os.Stat(path + tail); err == nil {
			gauge(databaseDesc, float64(st.Size()), part)
		}
	}
	for of, place := range map[string]string{"database": path, "publish": app.beside(cfg.Publish.To), "backup": app.beside(cfg.Backup.To)} {
		if free, ok := freeBytes(place); ok {
			gauge(freeDesc, float64(free), of)
		}
	}
}

// latest returns the states of the sources, read a moment ago at most.
func (g *gauges) latest(now time.Time) ([]news.SourceState, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read.IsZero() || now.Sub(g.read).Abs() >= scrapeEvery {
		ctx, cancel := context.WithTimeout(context.Background(), scrapeEvery)
		defer cancel()
		g.states, g.err = g.d.wire.store.States(ctx)
		g.read = now
	}
	return g.states, g.err
}

// countStates says how many sources are in which state, and how many are
// overdue.
func countStates(sources []news.Source, states []news.SourceState, now time.Time) (counts map[string]int, overdue int) {
	counts = map[string]int{"ok": 0, "failing": 0, "new": 0, "paused": 0, "proposed": 0}
	of := make(map[string]news.SourceState, len(states))
	for _, s := range states {
		of[s.Source] = s
	}
	for _, src := range sources {
		s := of[src.ID]
		switch {
		case src.Status == news.Paused || src.Status == news.Proposed:
			counts[string(src.Status)]++
			continue
		case s.LastPoll.IsZero():
			counts["new"]++
		case s.Failures > 0:
			counts["failing"]++
		default:
			counts["ok"]++
		}
		if !s.NextDue.IsZero() && now.Sub(s.NextDue) > overdueAfter {
			overdue++
		}
	}
	return counts, overdue
}

// worst returns the sources of the configuration that failed most often in a
// row, so many that a broken network is no flood of series.
func worst(sources []news.Source, states []news.SourceState) []news.SourceState {
	polled := map[string]bool{}
	for _, s := range sources {
		polled[s.ID] = s.Polled()
	}
	failing := slices.DeleteFunc(slices.Clone(states), func(s news.SourceState) bool { return s.Failures == 0 || !polled[s.Source] })
	slices.SortFunc(failing, func(a, b news.SourceState) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(a.Source, b.Source))
	})
	return failing[:min(len(failing), failingSeries)]
}

// forOperators puts /metrics, /healthz and /readyz in front of the desk's pages.
func (d *daemon) forOperators(desk http.Handler) http.Handler {
	show := promhttp.HandlerFor(d.wire.metrics.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 20 * time.Second})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz", "/readyz":
			d.fresh(d.handler).ServeHTTP(w, r)
		case "/metrics":
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			switch m := d.inEffect.Load().Metrics; {
			case !m.On():
				http.NotFound(w, r)
			case !mayScrape(m, r):
				http.Error(w, "metrics.from and metrics.token say who may read this", http.StatusForbidden)
			default:
				show.ServeHTTP(w, r)
			}
		default:
			desk.ServeHTTP(w, r)
		}
	})
}

// mayScrape reports whether a request may read the metrics. A proxy that lets
// the world to the desk's pages is often at an address that may: what comes by
// way of one needs the token.
func mayScrape(m config.Metrics, r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && m.Token != "" {
		return subtle.ConstantTimeCompare([]byte(token), []byte(m.Token)) == 1
	}
	for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip, bad := netip.ParseAddr(host)
	return err == nil && bad == nil && slices.ContainsFunc(m.From, func(p netip.Prefix) bool { return p.Contains(ip.Unmap().WithZone("")) })
}
