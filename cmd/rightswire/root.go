package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// defaultConfig is the configuration's path where none is given.
const defaultConfig = "config.yaml"

// app is what the commands share: the streams and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer

	config    string // path of config.yaml
	logFormat string
	logLevel  string
	log       *slog.Logger

	adminListen string // --admin-listen of serve; "": as configured
	pprof       string // --pprof of serve; "": none

	now     func() time.Time // the clock; run --now and demo turn it
	polls   observer
	console console // where the log goes
}

// newRoot builds the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "rightswire",
		Short: "A wire for human-rights and labor news",
		Long: `rightswire polls the feeds listed in config.yaml, recognises the same article
and the same story across outlets, files every item under categories, countries
and a language, and publishes combined feeds (RSS, Atom, JSON Feed) and pages.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.openLog()
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.PersistentFlags().StringVar(&a.config, "config", defaultConfig, "the newsroom's configuration `file`")
	root.PersistentFlags().StringVar(&a.logFormat, "log-format", "text", "log as `text or json`, on standard error")
	root.PersistentFlags().StringVar(&a.logLevel, "log-level", "info", "log `level`: debug, info, warn or error")
	offer(root, "config", yamlFiles)
	offer(root, "log-format", words("text", "json"))
	offer(root, "log-level", words("debug", "info", "warn", "error"))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if args := cmd.Flags().Args(); cmd.HasSubCommands() && len(args) > 0 {
			return unknownCommand(cmd, args) // the flag may well be one of the command that was meant
		}
		return usagef("%w; run %q", wordedFlag(err), helpFor(cmd))
	})
	root.AddCommand(
		newServe(a), newRun(a), newWork(a), newPublish(a), newDemo(a), newCheck(a),
		newSources(a), newItems(a), newStories(a), newExplain(a), newRules(a), newHealth(a), newDigest(a), newHubCommand(a), newInspect(a), newAdmin(a),
		newBackup(a), newRestore(a), newPrune(a), newMigrate(a), newDocs(), newVersion(a),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	strict(root)
	return root
}

// openLog makes the logger that the global flags ask for.
func (a *app) openLog() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
		return usagef("--log-level: %q is not a level; use debug, info, warn or error", a.logLevel)
	}
	a.console.plain = a.err
	opts := &slog.HandlerOptions{Level: level}
	switch a.logFormat {
	case "text":
		a.log = slog.New(slog.NewTextHandler(&a.console, opts))
	case "json":
		a.log = slog.New(slog.NewJSONHandler(&a.console, opts))
	default:
		return usagef("--log-format: %q is not a format; use text or json", a.logFormat)
	}
	return nil
}

// exit prints an error for people and returns the exit status it stands for.
func (a *app) exit(err error) int {
	if err == nil {
		return 0
	}
	text := strings.TrimRight(err.Error(), "\n")
	if errors.Is(err, context.Canceled) {
		text = "interrupted; what was stored is kept, and the next run does the rest"
	}
	fmt.Fprintf(a.err, "rightswire: %s\n", text)
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}
