package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// launched is what "bench launch" says of the command that it ran.
type launched struct {
	CPU  time.Duration
	Peak int64
}

// launch runs a command and prints what it took: launch NAME ARGS…. It is a
// process of its own because a child's peak begins with that of the process
// that forked it, and this program holds the whole origin.
func launch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: bench launch COMMAND [ARGUMENTS]")
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(launched{
		CPU:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		Peak: peakOf(cmd.ProcessState),
	})
}
