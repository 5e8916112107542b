package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// deskConfig is the newsroom's files as the desk's pages edit them.
type deskConfig struct{ *deskPages }

// options are how a newsroom is read, by every command.
func options() []config.Option {
	return []config.Option{config.WithEnv(os.LookupEnv), config.WithLimits(unbuilt)}
}

// Files implements [admin.Config]: those of the configuration in effect that are
// there. What another text includes is known when it is in effect.
func (d deskConfig) Files(context.Context) (files []string) {
	for _, name := range d.cfg.Load().Files() {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	return files
}

// Read implements [admin.Config].
func (d deskConfig) Read(ctx context.Context, file string) (string, error) {
	if !slices.Contains(d.Files(ctx), file) {
		return "", fmt.Errorf("file %q of the newsroom: %w", file, news.ErrNotFound)
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// Try implements [admin.Config].
func (d deskConfig) Try(ctx context.Context, file, text string) (admin.Trial, error) {
	now, err := d.Read(ctx, file)
	if err != nil {
		return admin.Trial{}, err
	}
	whole, same := config.LineEnds(text, []byte(now))
	t := admin.Trial{Diff: string(diff.Diff(file, []byte(now), file+", edited", whole))}
	if !same {
		t.Problems = append(t.Problems, admin.Problem{File: file, Text: "its lines end in two ways, which no form of a browser keeps; edit it by hand"})
	}
	c, err := config.TryText(d.app.config, file, whole, options()...)
	if err == nil {
		err = d.deskMay(c)
	}
	if bad := (*config.Errors)(nil); errors.As(err, &bad) {
		t.Problems = append(t.Problems, problems(bad.Problems)...)
	} else if err != nil {
		t.Problems = append(t.Problems, admin.Problem{Text: err.Error()})
	} else {
		t.Notes, t.Sources = problems(c.Notes()), len(c.Sources)
		t.Taxonomy = !reflect.DeepEqual(c.Taxonomy(), d.cfg.Load().Taxonomy())
	}
	return t, nil
}

func problems(list []config.Problem) []admin.Problem {
	out := make([]admin.Problem, len(list))
	for i, p := range list {
		out[i] = admin.Problem{File: p.File, Line: p.Line, Column: p.Column, Path: p.Path, Text: p.Message}
	}
	return out
}

// Save implements [admin.Config].
func (d deskConfig) Save(_ context.Context, file, was, text string) error {
	whole, same := config.LineEnds(text, []byte(was))
	if !same {
		return fmt.Errorf("%s: its lines end in two ways; edit it by hand", file)
	}
	d.editing.Lock()
	defer d.editing.Unlock()
	c, err := config.PutText(d.app.config, file, []byte(was), whole, d.deskMay, options()...)
	if err != nil {
		return unchanged(err)
	}
	list := c.Written()
	d.sources.Store(&list)
	return nil
}

// deskMay refuses what is not for the desk to decide: where the machine listens,
// reads, writes and asks, who gets in, and what of the environment is sent
// where. Somebody who has guessed a password of the desk must not get to the
// rest of the machine by way of the configuration.
func (d deskConfig) deskMay(c *config.Config) error {
	was := d.cfg.Load()
	for _, k := range []struct {
		key     string
		changed bool
	}{
		{"admin", !reflect.DeepEqual(c.Admin, was.Admin)},
		{"health", c.Health != was.Health},
		{"digest", !reflect.DeepEqual(c.Digest, was.Digest)},
		{"database", c.Database != was.Database},
		{"listen", c.Listen != was.Listen},
		{"backup", c.Backup != was.Backup},
		{"retention", c.Retention != was.Retention},
		{"metrics", !reflect.DeepEqual(c.Metrics, was.Metrics)},
		{"fetch.allow", !slices.Equal(c.Fetch.Allow, was.Fetch.Allow)},
		{"fetch.proxy", c.Fetch.Proxy != was.Fetch.Proxy},
		{"publish.to", c.Publish.To != was.Publish.To},
		{"publish.hub", c.Publish.Hub != was.Publish.Hub},
		{"classify.model_file", c.Classify.ModelFile != was.Classify.ModelFile},
	} {
		if k.changed {
			return fmt.Errorf("%s is for whoever runs the machine to change, in the file itself", k.key)
		}
	}
	return d.deskMaySources(c.Written())
}

// deskMaySources is [deskConfig.deskMay] of a list of sources: a header or proxy
// can hold a secret of the machine, and a new address would get it.
func (d *deskPages) deskMaySources(list []news.Source) error {
	known := map[string]news.Source{}
	for _, s := range d.cfg.Load().Written() {
		known[s.ID] = s
	}
	for _, s := range list {
		old := known[s.ID]
		private := len(old.Headers) > 0 || old.Proxy != ""
		if !maps.Equal(s.Headers, old.Headers) || s.Proxy != old.Proxy || private && s.URL != old.URL {
			return fmt.Errorf("headers and proxy of source %s, and the address that they go to, are for whoever runs the machine to change, in the file itself", s.ID)
		}
	}
	return nil
}
