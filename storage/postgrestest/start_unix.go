//go:build unix

package postgrestest

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// watch runs a server for as long as its standard input is open: that is the
// test's, however it ends.
const watch = `"$@" & server=$!
read -r _
kill -INT $server
wait $server`

// start makes a cluster in a folder of its own and runs a server on a socket
// there. Nothing of it is to survive, so nothing is synced to the disk, unless
// the settings say otherwise.
func start(settings ...string) error {
	bin := binaries()
	if bin == "" {
		return errNone
	}
	as, err := unprivileged()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rwpg") // short: a socket's path is at most some 100 bytes
	if err != nil {
		return err
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return err
		}
	}
	run := func(args ...string) *exec.Cmd {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true}
		return cmd
	}
	data := filepath.Join(dir, "data")
	initdb := func(more ...string) ([]byte, error) {
		os.RemoveAll(data)
		return run(append([]string{filepath.Join(bin, "initdb"), "-D", data, "-U", "rightswire", "-A", "trust", "-N", "-E", "UTF8"}, more...)...).CombinedOutput()
	}
	// A collation that is not that of bytes, where there is one: nothing may
	// depend on it.
	out, err := initdb("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
	if err != nil {
		out, err = initdb("--no-locale")
	}
	if err != nil {
		os.RemoveAll(dir)
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := beWary(filepath.Join(data, "pg_hba.conf")); err != nil {
		os.RemoveAll(dir)
		return err
	}
	args := []string{"/bin/sh", "-c", watch, "watch", filepath.Join(bin, "postgres"), "-D", data, "-k", dir}
	for _, s := range append([]string{"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400",
		"shared_buffers=64MB", "autovacuum=off", "logging_collector=off"}, settings...) {
		args = append(args, "-c", s)
	}
	cmd := run(args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	hold, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	server.stop = func() {
		hold.Close()
		cmd.Wait()
		os.RemoveAll(dir)
	}
	server.url = &url.URL{Scheme: "postgres", User: url.User("rightswire"), Path: "/", RawQuery: "host=" + url.QueryEscape(dir)}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err = admin(ctx, At("postgres"), "SELECT 1")
		cancel()
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			server.stop()
			return fmt.Errorf("PostgreSQL in %s does not start: %w\n%s", bin, err, said.Bytes())
		}
	}
}

// beWary has the server ask [Wary] for the password: the first line that fits
// holds.
func beWary(file string) error {
	lines, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte("local all "+Wary+" scram-sha-256\n"), lines...), 0o600)
}

// unprivileged returns the user to run as: initdb refuses root. nil: ourselves.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	var err error
	for _, name := range []string{"postgres", "nobody"} {
		var u *user.User
		if u, err = user.Lookup(name); err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("no user to run PostgreSQL as: %w", err)
}
