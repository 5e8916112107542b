package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/news"
)

// newHubCommand is the command "hub".
func newHubCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hub",
		Short: "The WebSub hub of our own feeds",
		Long: `The hub that the daemon is with "publish.hub: self": it sends feeds to whoever
subscribed as soon as they change.`,
	}
	cmd.AddCommand(newHubList(a))
	return cmd
}

// hubLine is a line of "hub list --json". The address that a feed is sent to
// is a secret of who subscribed, so only its host is shown.
type hubLine struct {
	Host     string `json:"host"`     // of the callback
	Topic    string `json:"topic"`    // absolute URL of the feed
	State    string `json:"state"`    // active, failing, waiting to be confirmed, waiting to be ended
	Expires  string `json:"expires"`  // when the lease ends; "" while it waits
	Failures int    `json:"failures"` // deliveries that failed in a row
	Next     string `json:"next"`     // when the next is tried; "" at once, when there is something to send
	Signed   bool   `json:"signed"`   // deliveries carry a signature
}

// newHubList is the command "hub list".
func newHubList(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List who subscribes at our own hub, until when, and who cannot be reached",
		Long: `Lists the subscriptions at our own hub by the host that feeds are sent to. Of an
address only its host is shown: the rest is a secret of who subscribed.`,
		Example: `  rightswire hub list
  rightswire hub list --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lines, err := a.hubLines(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSONLines(a.out, lines)
			}
			return a.printHub(lines)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// hubLines returns the subscriptions in order of their host and topic; none
// before the first run, when there is no database yet.
func (a *app) hubLines(ctx context.Context) ([]hubLine, error) {
	cfg, err := a.loadStored()
	if err != nil {
		return nil, err
	}
	store, err := a.openStore(ctx, cfg, true)
	if errors.Is(err, errNoDatabase) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	subs, err := store.HubSubscriptions(ctx)
	wishes, err2 := store.HubRequests(ctx)
	if err := errors.Join(err, err2, store.Close()); err != nil {
		return nil, err
	}
	var lines []hubLine
	for _, s := range subs {
		if !s.Expires.After(a.now()) {
			continue // over; the daemon drops it when it comes by
		}
		l := hubLine{Host: s.Host, Topic: s.Topic, State: "active", Expires: stamp(s.Expires), Failures: s.Failures, Next: stamp(s.NotBefore), Signed: s.Secret != ""}
		if s.Failures > 0 {
			l.State = "failing"
		}
		lines = append(lines, l)
	}
	for _, r := range wishes {
		l := hubLine{Host: r.Host, Topic: r.Topic, State: "waiting to be confirmed", Signed: r.Secret != ""}
		if r.Mode == news.HubUnsubscribe {
			l.State = "waiting to be ended"
		}
		lines = append(lines, l)
	}
	slices.SortStableFunc(lines, func(x, y hubLine) int {
		return cmp.Or(strings.Compare(x.Host, y.Host), strings.Compare(x.Topic, y.Topic), strings.Compare(x.Expires, y.Expires))
	})
	return lines, nil
}

// printHub is the table for people.
func (a *app) printHub(lines []hubLine) error {
	if len(lines) == 0 {
		fmt.Fprintln(a.out, "nobody subscribes")
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "HOST\tFEED\tSTATE\tENDS\tFAILURES\tNEXT TRY")
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", l.Host, l.Topic, l.State, a.untilStamp(l.Expires), l.Failures, a.untilStamp(l.Next))
	}
	return w.Flush()
}

// untilStamp says how far away a time is; "-" for none.
func (a *app) untilStamp(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return "-"
	}
	return until(t, a.now())
}
