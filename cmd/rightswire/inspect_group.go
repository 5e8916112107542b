package main

import "github.com/spf13/cobra"

// newInspectGroup is "inspect group".
func newInspectGroup(a *app) *cobra.Command {
	return &cobra.Command{Use: "group"}
}
