package main

import "github.com/spf13/cobra"

// newRules is the command "rules".
func newRules(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "What files items: try a changed taxonomy, train the model",
		Long: `What files items is the taxonomy's terms and a learned model that adds what no
term finds. "rules test" replays the archive against a changed taxonomy; "rules
train" makes a model that knows the desk's own corrections.`,
	}
	cmd.AddCommand(newRulesTest(a), newRulesTrain(a))
	return cmd
}
