package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// crew are the processes of "bench workers".
type crew struct {
	bin, conf, dir string
	hands          []*hand
}

// hand is one place in the crew, whichever process has it at the moment.
type hand struct {
	roles string
	cmd   *exec.Cmd
	log   *os.File
	ended chan error

	mu  sync.Mutex
	cpu time.Duration // of those that have ended
}

// start adds a process.
func (c *crew) start(roles string) error {
	log, err := os.Create(filepath.Join(c.dir, fmt.Sprintf("worker-%d.log", len(c.hands))))
	if err != nil {
		return err
	}
	h := &hand{roles: roles, log: log}
	c.hands = append(c.hands, h)
	return c.launch(h)
}

func (c *crew) launch(h *hand) error {
	cmd := exec.Command(c.bin, "--config", c.conf, "--log-level", "warn", "work", "--roles", h.roles)
	cmd.Stderr = h.log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	h.cmd, h.ended = cmd, ended
	go func() {
		err := cmd.Wait()
		h.mu.Lock()
		h.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		h.mu.Unlock()
		ended <- err
	}()
	return nil
}

// kill ends a process without a word, and starts it again.
func (c *crew) kill(n int) error {
	h := c.hands[n]
	if err := h.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("%s has ended by itself: see %s", h.roles, h.log.Name())
	}
	<-h.ended
	return c.launch(h)
}

// end asks all to end and wants them to do so with success.
func (c *crew) end(ctx context.Context) error {
	for _, h := range c.hands {
		if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
	}
	for _, h := range c.hands {
		select {
		case err := <-h.ended:
			if err != nil {
				return fmt.Errorf("%s, asked to end: %w (see %s)", h.roles, err, h.log.Name())
			}
		case <-time.After(time.Minute):
			return fmt.Errorf("%s does not end", h.roles)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// cpu is what the processes that have ended took.
func (c *crew) cpu() (sum time.Duration) {
	for _, h := range c.hands {
		h.mu.Lock()
		sum += h.cpu
		h.mu.Unlock()
	}
	return sum
}

func (c *crew) killAll() {
	for _, h := range c.hands {
		_ = h.cmd.Process.Kill()
		_ = h.log.Close()
	}
}
