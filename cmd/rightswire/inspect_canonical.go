package main

import "github.com/spf13/cobra"

// newInspectCanonical is "inspect canonical".
func newInspectCanonical(a *app) *cobra.Command {
	return &cobra.Command{Use: "canonical"}
}
