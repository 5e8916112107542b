package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news/digest"
	"github.com/rightswire/rightswire/news/health"
	"github.com/rightswire/rightswire/storage"
)

// digestFlags are the flags of "digest".
type digestFlags struct {
	dry, asJSON, asHTML bool
}

// newDigest is the command "digest".
func newDigest(a *app) *cobra.Command {
	var f digestFlags
	cmd := &cobra.Command{
		Use:   "digest",
		Short: "Send the digest of the last seven days now, or print it",
		Long: `The digest says what the desk should know of a week: what is wrong and what to do
about it, what is over, which sources are new or gone, how much came in each
category against the week before, what was corrected, and what waits for a
decision. A daemon, or "run", sends it when schedule.digest says, to where
digest in config.yaml says; this command sends one now, beside that.

With --dry-run it is printed and sent nowhere.`,
		Example: `  rightswire digest --dry-run
  rightswire digest --dry-run --json | jq .findings
  rightswire digest`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.digest(cmd.Context(), f) },
	}
	cmd.Flags().BoolVar(&f.dry, "dry-run", false, "print it, send nothing")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print it as a JSON object, as the webhook gets it")
	cmd.Flags().BoolVar(&f.asHTML, "html", false, "print it as HTML, as mail shows it")
	return cmd
}

// digest prints or sends a digest.
func (a *app) digest(ctx context.Context, f digestFlags) error {
	switch {
	case f.asJSON && f.asHTML:
		return usagef("--json and --html are two ways to print one digest; use one of them")
	case (f.asJSON || f.asHTML) && !f.dry:
		return usagef("--json and --html print the digest; add --dry-run, or leave them out to send it")
	}
	load := a.loadStored
	if !f.dry {
		load = func() (*config.Config, error) { return a.load() }
	}
	cfg, err := load()
	if err != nil {
		return err
	}
	if !f.dry && !cfg.Digest.On() {
		return usagef("the digest goes nowhere: write digest.mail or digest.webhook in %s, or print it with --dry-run", a.config)
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	now := a.now()
	d, err := a.gather(ctx, cfg, store, now.Add(-week), now, nil)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	switch {
	case f.asJSON:
		return writeJSONLines(a.out, []digest.Digest{d})
	case f.asHTML:
		return d.HTML(a.out)
	case f.dry:
		return d.Text(a.out)
	}
	return a.sendDigest(ctx, cfg, d)
}

// sendDigest sends a digest by every way that is configured.
func (a *app) sendDigest(ctx context.Context, cfg *config.Config, d digest.Digest) error {
	out := &outward{}
	if err := out.set(a.fetchOptions(cfg)); err != nil {
		return err
	}
	defer out.close()
	sender := &digests{app: a, post: out}
	var errs []error
	for _, way := range ways(cfg) {
		if err := sender.by(ctx, way, mailing{cfg: cfg, digest: d, due: d.Until}); err != nil {
			errs = append(errs, fmt.Errorf("digest by %s: %w", way, err))
			continue
		}
		fmt.Fprintf(a.out, "digest sent by %s\n", way)
	}
	return errors.Join(errs...)
}

// gatherHealth adds what is wrong, what is over, and what waits for a decision.
func (a *app) gatherHealth(ctx context.Context, cfg *config.Config, store *storage.Store, d *digest.Digest) error {
	found, _, err := a.examine(ctx, cfg, store, cfg.Sources)
	if err != nil {
		return err
	}
	d.Sources = active(cfg)
	for _, f := range found {
		switch {
		case f.Kind == health.Proposed, f.Kind == health.Moved && f.Severity >= health.Warning:
			d.Proposals = append(d.Proposals, digest.Proposal{Source: f.Source, Says: f.Says})
		case f.Severity < health.Warning:
			d.Notices++
			continue
		}
		if f.Severity >= health.Warning {
			d.Findings = append(d.Findings, f)
		}
	}
	states, err := store.States(ctx)
	if err != nil {
		return err
	}
	for _, st := range states {
		if st.Proposal != "" {
			d.Proposals = append(d.Proposals, digest.Proposal{Source: st.Source, Says: "Its site now names " + st.Proposal + " as a feed, in place of one that is gone."})
		}
	}
	spells, err := store.Spells(ctx, d.From, 1000)
	for _, s := range spells {
		if !s.Ended.IsZero() && s.Ended.Before(d.Until) {
			d.Ended = append(d.Ended, s.Finding)
		}
	}
	return err
}
