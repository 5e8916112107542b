package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/config/sourcelist"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// importFlags are the flags of "sources import".
type importFlags struct {
	dry, probe, noProbe, create, trust, asJSON bool
	into, status                               string
	folders                                    []string
}

// newSourcesImport is the command "sources import".
func newSourcesImport(a *app) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Take over the subscriptions of a feed reader (OPML), or of a spreadsheet (CSV)",
		Long: `Reads a list of feeds and writes those that are not in the source list yet to its
end. FILE is the OPML that feed readers export, or CSV with a column url and, if
you like, title, categories and others ("rightswire sources export --format csv"
shows them all), or a bare list of addresses; which it is shows by itself. "-"
reads standard input. Try it with --dry-run: that prints what would be written,
and changes nothing.

Folders become categories: those that have a category's id, or its title in any
language. For others say which one is meant, --map "Folder=category", or that it
is none, --map "Folder=", or let them be made, --create-categories; otherwise
their feeds come in without. Of an address that is subscribed already, or twice
in the list, nothing comes in again. Ids are made of titles. A source that
"rightswire check" would refuse is left out, and the report says why. So is one
with request headers or a proxy, unless you say --trust: where these name $NAME,
a stranger's list could have that secret sent to the stranger.

The rest of the file stays byte for byte, comments included, and it is replaced
in one step, if the newsroom is valid afterwards.

Then every new source is asked once, as politely as polls are, which for some
hundred feeds takes minutes; what they send is stored as their first poll.
--no-probe leaves that to the daemon or the next run; where one is at work, it is
left to it in any case.

` + aboutVerdicts,
		Example: `  rightswire sources import feedly.opml --dry-run
  rightswire sources import feedly.opml --map "Gewerkschaften=unions-strikes" --map "Cars="
  rightswire sources import list.csv --status proposed --into lists/new.yaml --no-probe`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.importSources(cmd.Context(), args[0], f) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.dry, "dry-run", false, "print what would be written, and change nothing")
	flags.BoolVar(&f.probe, "probe", false, "ask every new source once and report; that is done unless --no-probe is given")
	flags.BoolVar(&f.noProbe, "no-probe", false, "do not ask the new sources now")
	flags.BoolVar(&f.create, "create-categories", false, "make a category of each folder that is none")
	flags.BoolVar(&f.trust, "trust", false, "the list is our own: take request headers and proxies over, which may name secrets of this machine")
	flags.BoolVar(&f.asJSON, "json", false, "what becomes of each entry as one JSON object a line; goes with --dry-run or --no-probe")
	flags.StringVar(&f.into, "into", "", "the `file` to write to; left out: the include that holds sources")
	flags.StringVar(&f.status, "status", "", "the `status` of all new sources: active, paused or proposed; left out: as the list says, else active")
	flags.StringArrayVar(&f.folders, "map", nil, "which category a folder is, as `FOLDER=ID`; may be given often")
	offer(cmd, "status", words("active", "paused", "proposed"))
	offer(cmd, "into", yamlFiles)
	return cmd
}

// importSources takes over a list.
func (a *app) importSources(ctx context.Context, name string, f importFlags) error {
	switch {
	case f.probe && (f.noProbe || f.dry):
		return usagef("--probe asks the new sources, and --no-probe and --dry-run ask nobody; leave one out")
	case f.asJSON && !f.dry && !f.noProbe:
		return usagef("--json goes with --dry-run or --no-probe; \"rightswire sources probe --all --json\" has the report of a probe")
	}
	cfg, err := a.load()
	if err != nil {
		return err
	}
	o, err := a.importOptions(ctx, cfg, f)
	if err != nil {
		return err
	}
	data, err := a.readList(name)
	if err != nil {
		return err
	}
	list, err := sourcelist.Read(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p := sourcelist.Plan(cfg, list, o)
	edit, err := a.plan(p.Change())
	if err != nil {
		return unchanged(err)
	}
	for _, folder := range p.Unused {
		fmt.Fprintf(a.err, "note: --map: there is no folder %q in %s\n", folder, name)
	}
	if f.asJSON {
		if err := writeJSONLines(a.out, p.Lines); err != nil {
			return err
		}
	} else if err := a.printImport(name, list, p, edit, f.dry); err != nil {
		return err
	}
	if f.dry || edit.File == "" {
		return nil
	}
	if f.noProbe {
		if err := edit.Apply(); err != nil {
			return unchanged(err)
		}
		return nil
	}
	return a.importAndProbe(ctx, edit, p)
}

// importOptions checks the flags.
func (a *app) importOptions(ctx context.Context, cfg *config.Config, f importFlags) (o sourcelist.Options, err error) {
	o = sourcelist.Options{File: f.into, Status: news.Status(f.status), Create: f.create, Trust: f.trust, Map: map[string]string{}, Known: map[string]string{},
		Load: []config.Option{config.WithEnv(os.LookupEnv)}}
	if f.status != "" && !slices.Contains([]news.Status{news.Active, news.Paused, news.Proposed}, o.Status) {
		return o, usagef("--status: %q is neither active, paused nor proposed", f.status)
	}
	for _, m := range f.folders {
		folder, id, ok := strings.Cut(m, "=")
		if !ok || strings.TrimSpace(folder) == "" {
			return o, usagef("--map: write FOLDER=ID, such as --map \"Trade unions=unions-strikes\"; %q is not", m)
		}
		if id = strings.TrimSpace(id); id != "" {
			if err := existing(cfg, "--map", []string{id}); err != nil {
				return o, err
			}
		}
		o.Map[folder] = id
	}
	states, err := a.states(ctx, cfg)
	if err != nil {
		return o, err
	}
	o.Taken = func(id, url string) bool { st, was := states[id]; return was && st.URL != url }
	for _, s := range cfg.Sources {
		if at := inUse(s, states[s.ID]); at != s.URL {
			o.Known[sourcelist.Same(at)] = s.ID
		}
	}
	return o, nil
}

// readList reads a list, or as much of it as is needed to see that it is too
// large.
func (a *app) readList(name string) ([]byte, error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, usagef("%w", err)
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, sourcelist.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// maxDiffLines is how long a diff may be to be shown without being asked for.
const maxDiffLines = 60

// printImport says what becomes of a list.
func (a *app) printImport(name string, list *sourcelist.List, p *sourcelist.Import, edit *config.Edit, dry bool) error {
	if text := edit.Diff(); dry || strings.Count(text, "\n") <= maxDiffLines {
		fmt.Fprint(a.out, text)
	} else {
		fmt.Fprintf(a.out, "the diff of %s has %d lines; --dry-run shows it\n", edit.File, strings.Count(text, "\n"))
	}
	for _, odd := range list.Problems {
		fmt.Fprintf(a.out, "%s: %s\n", name, odd)
	}
	for _, l := range p.Lines {
		switch l.Outcome {
		case sourcelist.Duplicate:
			fmt.Fprintf(a.out, "%s: line %d: duplicate: %s is in the list as %s\n", name, l.Line, l.URL, l.Of)
		case sourcelist.Wrong:
			fmt.Fprintf(a.out, "%s: line %d: left out: %s: %s\n", name, l.Line, dash(l.Title), l.Why)
		}
	}
	if p.Untrusted {
		fmt.Fprintln(a.out, "if the list is your own, take headers and proxies over with --trust")
	}
	if err := a.printFolders(p); err != nil {
		return err
	}
	done, into := "added", edit.File
	if dry {
		done = "would add"
	}
	if into == "" {
		into = "nothing"
	}
	line := fmt.Sprintf("%s %s to %s", done, news.Count(p.Count(sourcelist.Added), "source"), into)
	if into == "nothing" {
		line = "nothing to add"
	}
	if n := len(p.Categories); n > 0 {
		line += ", with " + news.Count(n, "new category")
	}
	_, err := fmt.Fprintf(a.out, "%s; %d of %d are duplicates, %d left out\n", line, p.Count(sourcelist.Duplicate), len(p.Lines), p.Count(sourcelist.Wrong)+len(list.Problems))
	return err
}

// printFolders says what the folders are here, and what to do about those that
// are nothing.
func (a *app) printFolders(p *sourcelist.Import) error {
	if len(p.Folders) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FOLDER\tCATEGORY\tSOURCES")
	unknown := 0
	for _, f := range p.Folders {
		category := dash(f.Category)
		switch {
		case f.New:
			category += " (new)"
		case f.Category == "" && f.Hint != "":
			category += " " + f.Hint
		}
		if f.Category == "" && !f.Mapped {
			unknown++
		}
		fmt.Fprintf(w, "%s\t%s\t%d\n", f.Name, category, f.Sources)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if slices.ContainsFunc(p.Folders, func(f sourcelist.Folder) bool { return f.Category != "" && f.Sources > 0 }) {
		fmt.Fprintln(a.out, "everything that these sources send is filed under the category of their folder; for sources that write of other things too, say --map \"FOLDER=\" and the taxonomy decides")
	}
	if unknown == 0 {
		return nil
	}
	_, err := fmt.Fprintf(a.out, "%s no category here, so their sources get none of it: say --map \"FOLDER=ID\", or --create-categories\n",
		map[bool]string{true: "1 folder is", false: fmt.Sprintf("%d folders are", unknown)}[unknown == 1])
	return err
}

// importAndProbe writes new sources into the list and polls them for the first
// time. The lock comes before the list, so that nobody polls in between (P40);
// who holds it does the polling.
func (a *app) importAndProbe(ctx context.Context, edit *config.Edit, p *sourcelist.Import) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	l, err := a.openProbe(ctx, cfg)
	if err != nil {
		return unchanged(err)
	}
	lines, err := l.firstLook(ctx, edit, p)
	if err := errors.Join(err, l.close()); err != nil || lines == nil {
		return err
	}
	return wrapIf("the list was taken over, and was asked", a.tell(lines, false))
}

// firstLook returns the report; nil if somebody else polls.
func (l *prober) firstLook(ctx context.Context, edit *config.Edit, p *sourcelist.Import) ([]probeLine, error) {
	unlock, err := l.lockRun(ctx, firstPatience)
	held := errors.Is(err, storage.ErrHeld)
	if err != nil && !held {
		return nil, unchanged(err)
	}
	if !held {
		defer unlock()
	}
	if err := edit.Apply(); err != nil {
		return nil, unchanged(err)
	}
	if held {
		fmt.Fprintln(l.app.out, "a daemon, a run or a worker is at work on the database: a daemon or a worker asks the new sources now, after a run the next one does; \"rightswire sources probe\" reports on them")
		return nil, nil
	}
	cfg, err := l.app.load()
	if err != nil {
		return nil, err
	}
	if err := l.configure(ctx, cfg); err != nil {
		return nil, err
	}
	only := map[string]bool{}
	for _, s := range p.Sources {
		only[s.ID] = true
	}
	if err := l.ask(ctx, only); err != nil {
		return nil, fmt.Errorf("the sources are in the list, but not all were asked; the next run does: %w", err)
	}
	return l.report(ctx, only)
}
