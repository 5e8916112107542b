package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// measureTable measures how polls grow with the number of workers: of sources
// that have all been due for long, first with documents that nobody has read,
// then with nothing but 304.
func (o *workersOptions) measureTable(ctx context.Context) error {
	stop, err := o.database()
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("%d sources on %d hosts, answers after %v, gap %v, %d slots a worker\n", o.sources, o.hosts, o.latency, o.gap, o.slots)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "workers\tpolls\tpolls/s\tCPU of workers per poll\tCPU of PostgreSQL per poll\tWAL per poll\tconnections\t")
	server := o.dsn
	for _, word := range strings.Split(o.table, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return fmt.Errorf("-table: %q is no number", word)
		}
		if o.dsn, err = freshDatabase(ctx, server, "workers_"+word); err != nil {
			return err
		}
		if err := o.measureRow(ctx, n, w); err != nil {
			return err
		}
	}
	return w.Flush()
}

// freshDatabase makes an empty database on a server and returns its address.
func freshDatabase(ctx context.Context, server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer db.Close()
	u.Path = "/" + name
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'")
	return u.String(), err
}

// measureRow measures one number of workers.
func (o *workersOptions) measureRow(ctx context.Context, n int, w *tabwriter.Writer) error {
	long := *o
	long.interval = 6 * time.Hour // nothing is due a second time by itself
	org, err := startGrowing(long)
	if err != nil {
		return err
	}
	defer org.close()
	org.freeze()
	conf, err := long.config(org)
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", o.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	m := meter{o: &long, db: db, conf: conf, n: n}
	if err := m.prepare(ctx); err != nil {
		return err
	}
	for _, phase := range []string{"new", "304"} {
		if err := m.run(ctx, phase, w); err != nil {
			return err
		}
	}
	if err := org.ledger.verdict(o.sources); err != nil {
		return err
	}
	return m.sizes(ctx)
}

// sizes prints what a row takes, its indexes included.
func (m *meter) sizes(ctx context.Context) error {
	for _, table := range []string{"poll", "source", "mark", "turn", "river_job", "item"} {
		var rows, bytes float64
		err := m.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM `+table+`), pg_total_relation_size($1::regclass)`, table).Scan(&rows, &bytes)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %.0f rows, %.0f B each\n", table, rows, bytes/max(rows, 1))
	}
	return nil
}

// meter measures workers on one database.
type meter struct {
	o    *workersOptions
	db   *sql.DB
	conf string
	n    int
}

// prepare brings the list and the queue into the database, with nothing polled.
func (m *meter) prepare(ctx context.Context) error {
	c := &crew{bin: m.o.bin, conf: m.conf, dir: m.o.dir}
	defer c.killAll()
	if err := c.start("work"); err != nil {
		return err
	}
	n := 0
	for end := time.Now().Add(time.Minute); n < m.o.sources; {
		m.db.QueryRowContext(ctx, `SELECT count(*) FROM source`).Scan(&n)
		if time.Now().After(end) {
			return fmt.Errorf("the list is not in the database after a minute")
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return c.end(ctx)
}

// run polls every source once and prints what it took.
func (m *meter) run(ctx context.Context, phase string, w *tabwriter.Writer) error {
	var rows int
	pid, err := serverOf(ctx, m.db)
	if err != nil {
		return err
	}
	if err := m.due(ctx); err != nil {
		return err
	}
	if err := m.db.QueryRowContext(ctx, `SELECT COALESCE(max(id), 0) FROM poll`).Scan(&rows); err != nil {
		return err
	}
	wal, cpu := m.wal(ctx), cpuOfServer(pid)
	c := &crew{bin: m.o.bin, conf: m.conf, dir: m.o.dir}
	defer c.killAll()
	for range m.n {
		if err := c.start("poll"); err != nil {
			return err
		}
	}
	connections := 0
	for end, done := time.Now().Add(20*time.Minute), 0; done < m.o.sources; {
		if err := pause(ctx, 250*time.Millisecond); err != nil {
			return err
		}
		var now int
		if err := m.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM poll WHERE id > $1), (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'rightswire%')`, rows).Scan(&done, &now); err != nil {
			return err
		}
		connections = max(connections, now)
		if time.Now().After(end) {
			return fmt.Errorf("only %d of %d sources were polled", done, m.o.sources)
		}
	}
	cpu, wal = cpuOfServer(pid)-cpu, m.wal(ctx)-wal
	if err := c.end(ctx); err != nil {
		return err
	}
	var took float64
	var polls int
	if err := m.db.QueryRowContext(ctx, `SELECT count(*), (max(at + took / 1000) - min(at)) / 1e6 FROM poll WHERE id > $1`, rows).Scan(&polls, &took); err != nil {
		return err
	}
	per := func(d time.Duration) string { return (d / time.Duration(polls)).Round(10 * time.Microsecond).String() }
	fmt.Fprintf(w, "%d\t%s\t%.0f\t%s\t%s\t%d B\t%d\t\n", m.n, phase, float64(polls)/took, per(c.cpu()), per(cpu), int(wal)/polls, connections)
	return nil
}

// serverOf returns the first process of the server, if it is of this machine.
func serverOf(ctx context.Context, db *sql.DB) (int, error) {
	var first string
	if err := db.QueryRowContext(ctx, `SELECT pg_read_file('postmaster.pid')`).Scan(&first); err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(strings.SplitN(first, "\n", 2)[0]))
}

// due makes every source due at once.
func (m *meter) due(ctx context.Context) error {
	if _, err := m.db.ExecContext(ctx, `UPDATE source SET next_due = 0, last_poll = 0`); err != nil {
		return err
	}
	queue := false
	if err := m.db.QueryRowContext(ctx, `SELECT to_regclass('river_job') IS NOT NULL`).Scan(&queue); err != nil || !queue {
		return err
	}
	_, err := m.db.ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = now() WHERE kind = 'poll'`)
	return err
}

func (m *meter) wal(ctx context.Context) (bytes float64) {
	m.db.QueryRowContext(ctx, `SELECT pg_current_wal_insert_lsn() - '0/0'`).Scan(&bytes)
	return bytes
}
