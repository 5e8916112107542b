package main

import "github.com/spf13/cobra"

// newInspectParse is "inspect parse".
func newInspectParse(a *app) *cobra.Command {
	return &cobra.Command{Use: "parse"}
}
