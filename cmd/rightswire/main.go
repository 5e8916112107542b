// Command rightswire is a wire for human-rights and labor news: it polls the
// feeds listed in config.yaml, groups and files what they bring, and
// publishes combined feeds and pages.
//
// This directory wires the rooms together. It is the only place that reads
// flags, the environment and the clock; each command has a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/rightswire/rightswire/cmd/rightswire/internal/garbage"
)

func main() {
	garbage.Bound()
	os.Exit(run(os.Args[1:]))
}

// run executes one command line and returns the exit status: 0 done, 1
// something failed, 2 usage or configuration.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal finds the default again, and kills
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now}
	root := newRoot(a)
	root.SetArgs(args)
	return a.exit(root.ExecuteContext(ctx))
}
