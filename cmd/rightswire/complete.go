package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
)

// completer proposes values for what is being typed.
type completer = cobra.CompletionFunc

// offer lets a shell complete a flag. A flag that does not exist is a mistake
// in this program, and every test of the command tree would see the panic.
func offer(cmd *cobra.Command, flag string, f completer) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err)
	}
}

// words proposes a fixed list.
func words(list ...string) completer {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

// folders proposes directories.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// yamlFiles proposes configuration files.
func yamlFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeSource proposes the ids of sources, with their titles.
func (a *app) completeSource(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.fromConfig(typed, func(cfg *config.Config, add func(id, title string)) {
		for _, s := range cfg.Sources {
			add(s.ID, s.Title)
		}
	})
}

// completeCategory proposes the ids of categories, with their titles.
func (a *app) completeCategory(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.fromConfig(typed, func(cfg *config.Config, add func(id, title string)) {
		for _, c := range cfg.Categories {
			add(c.ID, c.Title)
		}
	})
}

// fromConfig proposes what walk finds in the configuration. The last of a list
// joined by commas is the one being typed. A configuration with mistakes
// proposes nothing: this is no place to complain.
func (a *app) fromConfig(typed string, walk func(*config.Config, func(id, title string))) ([]string, cobra.ShellCompDirective) {
	cfg, err := a.loadStored()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	before := typed[:strings.LastIndex(typed, ",")+1]
	var out []string
	walk(cfg, func(id, title string) {
		if strings.HasPrefix(id, typed[len(before):]) {
			out = append(out, cobra.CompletionWithDesc(before+id, title))
		}
	})
	return out, cobra.ShellCompDirectiveNoFileComp
}

// first lets only the first argument be completed.
func first(f completer) completer { return upTo(1, f) }

// upTo lets only the first n arguments be completed.
func upTo(n int, f completer) completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f(cmd, args, typed)
	}
}

// completeHelp proposes the commands below the one named so far.
func completeHelp(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	about, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, sub := range about.Commands() {
		if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), typed) {
			out = append(out, cobra.CompletionWithDesc(sub.Name(), sub.Short))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
