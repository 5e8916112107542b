//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// unit is the daemon as systemd runs it: a process that gets a socket which
// outlives it.
type unit struct {
	*testing.T
	dir    string
	socket *os.File
	addr   string
	cmd    *exec.Cmd
	said   bytes.Buffer
}

func newUnit(t *testing.T, network, addr string) *unit {
	t.Helper()
	u := &unit{T: t, dir: t.TempDir()}
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	u.addr = ln.Addr().String()
	if u.socket, err = ln.(interface{ File() (*os.File, error) }).File(); err != nil {
		t.Fatal(err)
	}
	if unix, ok := ln.(*net.UnixListener); ok {
		unix.SetUnlinkOnClose(false)
	}
	ln.Close() // the file is the socket, too
	t.Cleanup(func() { u.socket.Close() })
	writeFile(t, filepath.Join(u.dir, "config.yaml"), "site: {contact: desk@example.org}\nlisten: \"256.0.0.1:1\"\nsources: [{id: a, title: A, url: \"https://a.example/feed\", status: paused}]\n")
	return u
}

// start starts the daemon as systemd does: with the socket as its file 3.
func (u *unit) start() {
	u.Helper()
	u.cmd = exec.Command("sh", "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec rightswire serve")
	u.cmd.Dir, u.cmd.ExtraFiles = u.dir, []*os.File{u.socket}
	u.cmd.Stdout, u.cmd.Stderr = &u.said, &u.said
	if err := u.cmd.Start(); err != nil {
		u.Fatal(err)
	}
	u.Cleanup(func() { _ = u.cmd.Process.Kill() })
}

// stop ends the daemon as systemd does, and wants success.
func (u *unit) stop() {
	u.Helper()
	if err := u.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		u.Fatal(err)
	}
	if err := u.cmd.Wait(); err != nil {
		u.Fatalf("the daemon ends with %v:\n%s", err, u.said.String())
	}
}

// client asks at the socket, over a connection of its own for every request or
// over those that are open.
func (u *unit) client(network string, keep bool) *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DisableKeepAlives: !keep,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, u.addr)
		},
	}}
}

// A socket unit makes a restart something that no reader notices: none is
// refused, none gets an error, and none is told that there is no site yet.
func TestARestartUnderASocketUnitLosesNoReader(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			addr := "127.0.0.1:0"
			if network == "unix" {
				addr = filepath.Join(t.TempDir(), "s")
			}
			u := newUnit(t, network, addr)
			u.start()
			var asked, failed atomic.Int64
			var first sync.Once
			end := make(chan struct{})
			var readers sync.WaitGroup
			for i := range 8 {
				client := u.client(network, i%2 == 0)
				readers.Go(func() {
					for {
						select {
						case <-end:
							return
						default:
						}
						if err := wants(client, "/feeds/all.rss"); err != nil {
							failed.Add(1)
							first.Do(func() { t.Errorf("a reader: %v", err) })
						}
						asked.Add(1)
					}
				})
			}
			for range 3 {
				for n := asked.Load(); asked.Load() < n+200; {
					time.Sleep(time.Millisecond)
				}
				u.stop()
				u.start()
			}
			for n := asked.Load(); asked.Load() < n+200; {
				time.Sleep(time.Millisecond)
			}
			close(end)
			readers.Wait()
			u.stop()
			if failed.Load() > 0 {
				t.Errorf("%d of %d requests failed over three restarts:\n%s", failed.Load(), asked.Load(), u.said.String())
			}
		})
	}
}

// wants gets a path and wants 200.
func wants(c *http.Client, path string) error {
	res, err := c.Get("http://wire.example" + path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", path, res.Status)
	}
	return nil
}

// A request that is under way when SIGTERM comes is answered; one that never
// ends does not keep the daemon.
func TestSIGTERMLetsRequestsFinishWithinABound(t *testing.T) {
	u := newUnit(t, "tcp", "127.0.0.1:0")
	u.start()
	if err := wants(u.client("tcp", false), "/"); err != nil { // it waits until there is a site
		t.Fatal(err)
	}
	half := func() net.Conn {
		c, err := net.Dial("tcp", u.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprint(c, "GET /feeds/all.rss HTTP/1.1\r\nHost: wire.example\r\n")
		return c
	}
	under, never := half(), half()
	if err := wants(u.client("tcp", false), "/"); err != nil { // they were taken in before this one
		t.Fatal(err)
	}
	if err := u.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // the signal is heard; if not, the test is easier than it should be
	fmt.Fprint(under, "\r\n")
	res, err := http.ReadResponse(bufio.NewReader(under), nil)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the request under way: %v, %v", res, err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Errorf("its answer: %v", err)
	}
	if err := u.cmd.Wait(); err != nil {
		t.Errorf("the daemon ends with %v:\n%s", err, u.said.String())
	}
	if _, err := never.Read(make([]byte, 1)); err == nil {
		t.Error("the request that never ends was answered")
	}
}

// The unit files say what systemd understands.
func TestTheUnitFilesAreGood(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not on PATH; Debian's package systemd has it")
	}
	self, err := exec.LookPath("rightswire")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"verify", "--man=no"}
	for _, name := range []string{"rightswire.socket", "rightswire.service", "rightswire-work@.service"} {
		unit, err := os.ReadFile("../../packaging/systemd/" + name)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, filepath.Join(dir, strings.Replace(name, "@.", "@poll.", 1)))
		writeFile(t, filepath.Join(dir, name), strings.ReplaceAll(string(unit), "/usr/local/bin/rightswire", self))
	}
	if said, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput(); err != nil || bytes.Contains(said, []byte(dir)) {
		t.Errorf("systemd-analyze: %v\n%s", err, said)
	}
}
