package main

import "github.com/spf13/cobra"

// newInspectSanitize is "inspect sanitize".
func newInspectSanitize(a *app) *cobra.Command {
	return &cobra.Command{Use: "sanitize"}
}
