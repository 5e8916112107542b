package main

import "github.com/spf13/cobra"

// newInspectClassify is "inspect classify".
func newInspectClassify(a *app) *cobra.Command {
	return &cobra.Command{Use: "classify"}
}
