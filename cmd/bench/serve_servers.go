package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

// serverNames are the servers, in the order in which they are printed.
var serverNames = []string{"rightswire", "bare", "nginx"}

// benchServer is one of them, with what was measured of it.
type benchServer struct {
	name, addr string
	pid        int
	stop       func()

	bodies    []string            // by path, as learn saw them
	asks      map[string][][]byte // by kind
	rate, cpu map[string][]float64
}

// startServers starts each as a process of its own, and leaves nginx out where
// there is none.
func startServers(ctx context.Context, dir string) (all []*benchServer, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for _, name := range serverNames {
		addr, err := freeAddr()
		if err != nil {
			return all, err
		}
		cmd := exec.CommandContext(ctx, self, "served", name, addr, filepath.Join(dir, "site"))
		if name == "nginx" {
			if cmd, err = nginxCommand(ctx, dir, addr); errors.Is(err, exec.ErrNotFound) {
				fmt.Fprintln(os.Stderr, "nginx is not installed (Debian: nginx-light); its column is left out")
				continue
			}
		}
		if err != nil {
			return all, err
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			return all, err
		}
		all = append(all, &benchServer{name: name, addr: addr, pid: cmd.Process.Pid, stop: func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }})
		if err := awaitServer(ctx, addr); err != nil {
			return all, fmt.Errorf("start %s: %w", name, err)
		}
	}
	return all, nil
}

func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

func awaitServer(ctx context.Context, addr string) error {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// nginxCommand writes a configuration with nothing in it but what sends the
// folder, for one process.
func nginxCommand(ctx context.Context, dir, addr string) (*exec.Cmd, error) {
	bin, err := exec.LookPath("nginx")
	if err != nil {
		return nil, err
	}
	user, temp := "", ""
	if os.Geteuid() == 0 {
		user = "user root;"
	}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temp += fmt.Sprintf("%s_temp_path %s/%s;\n", kind, dir, kind)
	}
	conf := fmt.Sprintf(`%s daemon off; master_process off; pid %s/pid; error_log stderr;
events {}
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
%s
open_file_cache max=1000; open_file_cache_valid 60s;
types { text/html html; application/rss+xml rss; }
server { listen %s; root %s/site; gzip_static on; gzip_vary on; }
}
`, user, dir, temp, addr, dir)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		return nil, err
	}
	return exec.CommandContext(ctx, bin, "-p", dir, "-e", "stderr", "-c", file), nil
}

// serveFolder is the process of one of our servers.
func serveFolder(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: bench served rightswire|bare ADDR FOLDER")
	}
	runtime.GOMAXPROCS(1)
	site, packed, err := readSite(args[2])
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	if args[0] == "rightswire" {
		own := web.New(web.Options{})
		own.Swap(site)
		return web.NewServer(own, args[1]).Serve(web.Gather(ln))
	}
	return (&http.Server{Handler: packed, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: time.Minute}).Serve(ln)
}

// packedFile is all that the bare handler knows of a file.
type packedFile struct {
	body                []byte
	media, etag, length []string
}

var gzipped = []string{"gzip"}

// bareHandler is the least that a handler has to do: the bytes, their type,
// their length, a tag, and a 304 if the reader has it.
type bareHandler map[string]*packedFile

func (b bareHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := b[r.URL.Path]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h["Etag"] = f.etag
	if match := r.Header["If-None-Match"]; len(match) == 1 && match[0] == f.etag[0] {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = f.media
	h["Content-Encoding"] = gzipped
	h["Content-Length"] = f.length
	_, _ = w.Write(f.body)
}

// readSite reads the delivered folder back.
func readSite(dir string) (*publisher.Site, bareHandler, error) {
	site, packed := &publisher.Site{Files: map[string]*publisher.File{}}, bareHandler{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		plain, isPacked := strings.CutSuffix("/"+filepath.ToSlash(rel), ".gz")
		if err != nil || e.IsDir() || !isPacked {
			return err
		}
		zipped, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		body, err := os.ReadFile(strings.TrimSuffix(name, ".gz"))
		if err != nil {
			return err
		}
		media := "text/html; charset=utf-8"
		if strings.HasSuffix(plain, ".rss") {
			media = "application/rss+xml; charset=utf-8"
		}
		f := publisher.NewFile(plain, media, body, epoch)
		site.Files[plain] = f
		packed[strings.TrimSuffix(plain, "index.html")] = &packedFile{zipped, []string{media}, []string{f.ETag}, []string{strconv.Itoa(len(zipped))}}
		return nil
	})
	return site, packed, err
}
