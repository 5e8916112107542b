package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError is a mistake in the command line or the configuration: exit 2.
type usageError struct{ error }

// Unwrap gives errors.Is and errors.As access to the cause.
func (e usageError) Unwrap() error { return e.error }

// usagef makes a usageError.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// strict makes a tree of commands refuse what it does not understand. Left to
// itself the library prints the help of "items" and reports success when it is
// asked for "items lst": a misspelt line in a crontab would never be noticed.
func strict(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		strict(sub)
	}
	if cmd.HasSubCommands() {
		cmd.Args = unknownCommand
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		cmd.DisableFlagsInUseLine = true
		return
	}
	if valid := cmd.Args; valid != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return misuse(cmd, args, valid) }
	}
}

// wordedFlag says in words what the value of a flag should have been. The
// library's own words end in those of the standard library's functions.
func wordedFlag(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	want := map[string]string{
		"int": "a whole number", "int64": "a whole number", "uint": "a whole number, 0 or more", "float64": "a number",
		"bool": "true or false", "duration": "a time span such as 90s, 5m or 2h",
	}[bad.GetFlag().Value.Type()]
	if want == "" {
		return fmt.Errorf("--%s: %w", bad.GetFlag().Name, bad.Unwrap())
	}
	return fmt.Errorf("--%s: %q is not %s", bad.GetFlag().Name, bad.GetValue(), want)
}

// unknownCommand refuses arguments of a command that only has subcommands: the
// first is one that it does not have.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	path := strings.TrimPrefix(cmd.CommandPath()+" ", cmd.Root().Name()+" ")
	meant := ""
	cmd.SuggestionsMinimumDistance = 2
	if named := namedAlike(cmd.Root(), args[0]); len(named) > 0 {
		meant = "; did you mean " + strings.Join(named, " or ") + "?"
	} else if close := cmd.SuggestionsFor(args[0]); len(close) > 0 {
		best := close[max(0, slices.IndexFunc(close, func(name string) bool { return strings.HasPrefix(name, args[0]) }))]
		meant = fmt.Sprintf("; did you mean %q?", path+best)
	}
	return usagef("unknown command %q; run %q%s", path+args[0], helpFor(cmd), meant)
}

// namedAlike returns, quoted, the commands of a group that have a name which
// was written without its group, or in another one.
func namedAlike(root *cobra.Command, name string) (found []string) {
	for _, group := range root.Commands() {
		for _, cmd := range group.Commands() {
			if cmd.Name() == name && cmd.IsAvailableCommand() {
				found = append(found, strconv.Quote(group.Name()+" "+name))
			}
		}
	}
	return found
}

// helpFor is the command line that explains a command.
func helpFor(cmd *cobra.Command) string {
	root := cmd.Root().Name()
	return root + " help" + strings.TrimPrefix(cmd.CommandPath(), root)
}

// misuse words the complaint about arguments that a command did not accept.
func misuse(cmd *cobra.Command, args []string, valid cobra.PositionalArgs) error {
	err := valid(cmd, args)
	var usage usageError
	if err == nil || errors.As(err, &usage) {
		return err
	}
	_, takes, _ := strings.Cut(cmd.Use, " ")
	path := cmd.CommandPath()
	switch {
	case takes == "":
		return usagef("%q is one argument too many; %q takes none, run %q", args[0], path, helpFor(cmd))
	case len(args) == 0:
		return usagef("%q needs %s; run %q", path, takes, helpFor(cmd))
	case valid(cmd, append(slices.Clone(args), "more")) == nil:
		return usagef("%q needs %s, and %q is not all of it; run %q", path, takes, strings.Join(args, " "), helpFor(cmd))
	}
	return usagef("%q is one argument too many; %q takes %s, run %q", args[len(args)-1], path, takes, helpFor(cmd))
}

// newHelp is the command "help". The library's own reports success when the
// command to be explained does not exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]...",
		Short:   "Explain a command",
		Example: "  rightswire help\n  rightswire help sources list",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			switch {
			case about == nil || err != nil:
				return unknownCommand(cmd.Root(), args)
			case len(rest) > 0 && about.HasSubCommands():
				return unknownCommand(about, rest)
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		ValidArgsFunction: completeHelp,
	}
}
