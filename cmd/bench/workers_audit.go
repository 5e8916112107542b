package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"time"
)

// audit looks what the processes of "bench workers" left.
type audit struct {
	o   *workersOptions
	org *growing
	db  *sql.DB
}

// patienceOfRest is how long it may take after the last kill until the jobs of
// the dead are given to others and all that was due is asked.
func (a audit) patienceOfRest() time.Duration {
	return 3*a.o.interval + 6*a.o.timeout + 3*a.quiet() + time.Minute
}

// quiet is how long nothing new has to come from the publisher until it is
// believed to be done: longer than the pause between two publications, and than
// it takes to make one.
func (a audit) quiet() time.Duration {
	return 13*time.Second + time.Duration(a.o.sources)*20*time.Millisecond
}

// published waits until the publisher has published all that there is.
func (a audit) published(ctx context.Context, end time.Time) error {
	const text = `SELECT (SELECT count(*) FROM volume), (SELECT COALESCE(md5(string_agg(hash, '' ORDER BY path)), '') FROM edition_state)`
	var volumes, was int
	var hash, last string
	for since := time.Now(); time.Since(since) < a.quiet(); {
		if err := a.db.QueryRowContext(ctx, text).Scan(&volumes, &hash); err != nil {
			return err
		}
		if volumes != was || hash != last {
			was, last, since = volumes, hash, time.Now()
		}
		if time.Now().After(end) {
			return errors.New("the publisher does not come to an end")
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
	return nil
}

// rest waits until every source was asked since a moment, all is in stories,
// and all of that is published.
func (a audit) rest(ctx context.Context, since time.Time) error {
	for end := time.Now().Add(a.patienceOfRest()); ; {
		var asked, alone int
		err := a.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM source WHERE last_ok >= $1), (SELECT count(*) FROM item WHERE story_id IS NULL)`,
			since.UnixMicro()).Scan(&asked, &alone)
		if err == nil && asked == a.o.sources && alone == 0 {
			fmt.Printf("at rest %.0fs after the last kill\n", time.Since(since).Seconds())
			return a.published(ctx, end)
		}
		if time.Now().After(end) {
			return fmt.Errorf("not at rest after %v: %d of %d sources asked since the last kill, %d items without a story, %w", a.patienceOfRest(), asked, a.o.sources, alone, errors.Join(err))
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// finding is a question to the database whose answer must be 0.
type finding struct{ what, text string }

var findings = []finding{
	{"polls before their time", `SELECT count(*) FROM (SELECT at, lag(next_due) OVER (PARTITION BY source_id ORDER BY id) AS due FROM poll) p WHERE at < due`},
	{"failed polls", `SELECT count(*) FROM poll WHERE outcome = 'failed'`},
	{"items stored twice", `SELECT count(*) - count(DISTINCT (source_id, item_key)) FROM item`},
	{"items without a story", `SELECT count(*) FROM item WHERE story_id IS NULL`},
	{"stories of nothing", `SELECT count(*) FROM story s WHERE s.merged = 0 AND NOT EXISTS (SELECT 1 FROM item i WHERE i.story_id = s.id)`},
	{"items that the ledger does not tell of", `SELECT abs((SELECT count(*) FROM item) - (SELECT COALESCE(sum(new), 0) FROM poll))`},
	{"lists whose count is wrong", `SELECT count(*) FROM cut c WHERE c.stories <> (SELECT count(*) FROM story_cut s WHERE s.cut_id = c.id)`},
	{"domains without a job", `SELECT count(*) FROM (SELECT key FROM source WHERE address <> '' EXCEPT SELECT args ->> 'key' FROM river_job WHERE kind = 'poll' AND state IN ('available', 'running', 'scheduled', 'retryable')) k`},
	{"domains with two jobs", `SELECT count(*) FROM (SELECT args ->> 'key' FROM river_job WHERE kind = 'poll' AND state IN ('available', 'running', 'scheduled', 'retryable') GROUP BY 1 HAVING count(*) > 1) k`},
	{"jobs that still run", `SELECT count(*) FROM river_job WHERE state = 'running'`},
}

// verdict says what was lost and doubled, and is an error if anything was.
func (a audit) verdict(ctx context.Context, conf string) error {
	var errs []error
	for _, f := range findings {
		n := 0
		if err := a.db.QueryRowContext(ctx, f.text).Scan(&n); err != nil {
			return fmt.Errorf("%s: %w", f.what, err)
		}
		fmt.Printf("%s: %d\n", f.what, n)
		if n != 0 {
			errs = append(errs, fmt.Errorf("%s: %d", f.what, n))
		}
	}
	errs = append(errs, a.items(ctx), a.polls(ctx), a.compare(ctx, conf), a.org.ledger.verdict(a.o.sources))
	return errors.Join(errs...)
}

// items compares what each feed has ever had with what is stored of it.
func (a audit) items(ctx context.Context) error {
	served, _, _ := a.org.served(0)
	rows, err := a.db.QueryContext(ctx, `SELECT s.name, count(i.id) FROM source s LEFT JOIN item i ON i.source_id = s.id GROUP BY s.name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	wrong, all := 0, 0
	for rows.Next() {
		var name string
		var n, i int
		if err := rows.Scan(&name, &n); err != nil {
			return err
		}
		if _, err := fmt.Sscanf(name, "desk-%d", &i); err != nil {
			return err
		}
		all += n
		if n != served[i] {
			wrong++
		}
	}
	fmt.Printf("items stored: %d; sources with another number than their feed has: %d\n", all, wrong)
	if wrong > 0 {
		return fmt.Errorf("%d sources have lost or doubled items", wrong)
	}
	return rows.Err()
}

// polls compares requests with the ledger: each that is not there was under way
// when its worker was killed, and only those are asked again within the floor.
func (a audit) polls(ctx context.Context) error {
	_, requests, soon := a.org.served(a.o.interval / 2)
	var stored, late int
	var p50, p99 float64
	err := a.db.QueryRowContext(ctx, `
SELECT count(*), COALESCE(percentile_cont(0.5) WITHIN GROUP (ORDER BY at - due), 0) / 1e6, COALESCE(percentile_cont(0.99) WITHIN GROUP (ORDER BY at - due), 0) / 1e6,
  count(*) FILTER (WHERE at - due > 60e6)
FROM (SELECT at, lag(next_due) OVER (PARTITION BY source_id ORDER BY id) AS due FROM poll) p`).Scan(&stored, &p50, &p99, &late)
	if err != nil {
		return err
	}
	fmt.Printf("requests %d, polls stored %d, given up with their worker %d; asked again within the floor %d\n", requests, stored, requests-stored, soon)
	fmt.Printf("asked after they were due: median %.1fs, 99%% %.1fs, more than a minute %d\n", p50, p99, late)
	switch {
	case requests < stored:
		return fmt.Errorf("%d polls were stored of %d requests", stored, requests)
	case requests-stored > a.o.kills*2*a.o.slots:
		return fmt.Errorf("%d requests were given up, more than %d kills can cost", requests-stored, a.o.kills)
	case soon > requests-stored:
		return fmt.Errorf("%d requests came within the floor, and only %d were given up", soon, requests-stored)
	}
	return nil
}

// compare holds what the publisher left against what is published anew.
func (a audit) compare(ctx context.Context, conf string) error {
	out := filepath.Join(a.o.dir, "anew")
	if said, err := exec.CommandContext(ctx, a.o.bin, "--config", conf, "publish", "--out", out).CombinedOutput(); err != nil {
		return fmt.Errorf("publish anew: %w\n%s", err, said)
	}
	said, err := exec.CommandContext(ctx, "diff", "-rq", "-x", ".rightswire-manifest*", filepath.Join(a.o.dir, "public", "feeds"), filepath.Join(out, "feeds")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("the published feeds differ from those that are made anew:\n%.2000s", said)
	}
	fmt.Println("published feeds: the same as made anew")
	return nil
}
