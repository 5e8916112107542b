package admin

import (
	"context"
	"net/http"
	"time"

	"github.com/rightswire/rightswire/news/digest"
	"github.com/rightswire/rightswire/news/health"
)

// Health says how the wire and its sources are doing.
type Health interface {
	// Examine looks at everything, or remembers a look that is not old.
	Examine(ctx context.Context) (Checkup, error)
	// Judge looks at one source.
	Judge(ctx context.Context, source string) ([]health.Finding, error)
	// Digest returns the digest of the last seven days, or one that is not old.
	Digest(ctx context.Context) (digest.Digest, error)
}

// Checkup is one look at the wire and all of its sources.
type Checkup struct {
	At       time.Time
	Sources  int
	Fine     int
	Findings []health.Finding // the worst first
}

// healthView is the page of what is wrong.
type healthView struct {
	Checkup
	Groups []healthGroup
}

type healthGroup struct {
	Severity health.Severity
	Findings []health.Finding
}

// healthPage says what is wrong and what to do, the worst first.
func (d *Desk) healthPage(w http.ResponseWriter, v *visit) error {
	c, err := d.opt.Health.Examine(v.Context())
	if err != nil {
		return err
	}
	page := healthView{Checkup: c}
	for _, f := range c.Findings {
		if n := len(page.Groups); n == 0 || page.Groups[n-1].Severity != f.Severity {
			page.Groups = append(page.Groups, healthGroup{Severity: f.Severity})
		}
		g := &page.Groups[len(page.Groups)-1]
		g.Findings = append(g.Findings, f)
	}
	return d.page(w, v, "health.html", "Health", page)
}
