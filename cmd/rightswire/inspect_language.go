package main

import "github.com/spf13/cobra"

// newInspectLanguage is "inspect language".
func newInspectLanguage(a *app) *cobra.Command {
	return &cobra.Command{Use: "language"}
}
