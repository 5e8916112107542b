package deliver_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// snippet returns a block of code of the operators' manual: what is tested is
// what they read.
func snippet(t *testing.T, language string) string {
	t.Helper()
	manual, err := os.ReadFile("../../docs/operators.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(manual), "```"+language+"\n")
	block, _, ended := strings.Cut(block, "```")
	if !found || !ended {
		t.Fatalf("docs/operators.md has no block of %s", language)
	}
	return block
}

func TestTheManualsNginxServesTheFolder(t *testing.T) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("nginx is not on PATH; Debian's package nginx-light has it")
	}
	dir, addr := published(t), freePort(t)
	conf := snippet(t, "nginx")
	for _, r := range [][2]string{{"listen 443 ssl;", "listen " + addr + ";"}, {"/srv/wire/public", dir}} {
		if !strings.Contains(conf, r[0]) {
			t.Fatalf("the manual's configuration lacks %q", r[0])
		}
		conf = strings.ReplaceAll(conf, r[0], r[1])
	}
	var kept []string
	for line := range strings.Lines(conf) {
		if !strings.Contains(line, "ssl_certificate") { // the test has none
			kept = append(kept, line)
		}
	}
	user, home := "", t.TempDir()
	if os.Geteuid() == 0 {
		user = "user root;" // the folder is ours alone
	}
	own := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		own += fmt.Sprintf("%s_temp_path %s/%s;\n", kind, home, kind)
	}
	file := filepath.Join(home, "nginx.conf")
	write(t, home, "nginx.conf", fmt.Sprintf("%s\ndaemon off; master_process off; pid %s/pid; error_log stderr;\nevents {}\nhttp { access_log off;\n%s%s}\n", user, home, own, strings.Join(kept, "")))
	start(t, addr, nginx, "-p", home, "-e", "stderr", "-c", file)
	serves(t, "http://"+addr, dir)
}

func TestTheManualsCaddyServesTheFolder(t *testing.T) {
	caddy, err := exec.LookPath("caddy")
	if err != nil {
		t.Skip("caddy is not on PATH; Debian's package caddy has it")
	}
	dir, addr := published(t), freePort(t)
	conf := snippet(t, "caddyfile")
	for _, r := range [][2]string{{"wire.example.org {", "http://" + addr + " {"}, {"/srv/wire/public", dir}} {
		if !strings.Contains(conf, r[0]) {
			t.Fatalf("the manual's configuration lacks %q", r[0])
		}
		conf = strings.ReplaceAll(conf, r[0], r[1])
	}
	home := t.TempDir()
	write(t, home, "Caddyfile", "{\n\tadmin off\n}\n"+conf)
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("XDG_DATA_HOME", home)
	start(t, addr, caddy, "run", "--adapter", "caddyfile", "--config", filepath.Join(home, "Caddyfile"))
	serves(t, "http://"+addr, dir)
}

// published delivers a small site into a folder.
func published(t *testing.T) string {
	t.Helper()
	dir, long := t.TempDir(), strings.Repeat("news ", 200)
	s := &publisher.Site{Files: map[string]*publisher.File{}}
	for _, f := range []struct{ path, media, body string }{
		{"/index.html", "text/html", "home " + long}, {"/category/labor/index.html", "text/html", "labor " + long}, {"/404.html", "text/html", "no such page " + long},
		{"/feeds/all.rss", "application/rss+xml", "rss " + long}, {"/feeds/labor/en.atom", "application/atom+xml", "atom " + long},
		{"/feeds/all.json", "application/feed+json", `{"json": "` + long + `"}`}, {"/embed/all.html", "text/html", "embed " + long}, {"/feeds.opml", "text/x-opml", "opml " + long},
		{"/sitemap.xml", "application/xml", "map " + long}, {"/robots.txt", "text/plain", "robots"}, {"/.well-known/security.txt", "text/plain", "contact"},
	} {
		s.Files[f.path] = publisher.NewFile(f.path, f.media, []byte(f.body), time.Time{})
	}
	if _, err := deliver.Deliver(t.Context(), s, deliver.Options{To: dir, Compress: both}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// start runs a server until the test ends, and waits until it answers.
func start(t *testing.T, addr, name string, args ...string) {
	t.Helper()
	var said strings.Builder
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	for {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", name, err, said.String())
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// serves checks what readers of the folder get.
func serves(t *testing.T, base, dir string) {
	client := &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func(method, path string, header ...string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
	for path, want := range map[string]string{
		"/": "text/html; charset=utf-8", "/category/labor/": "text/html; charset=utf-8", "/feeds/all.rss": "application/rss+xml; charset=utf-8",
		"/feeds/labor/en.atom": "application/atom+xml; charset=utf-8", "/feeds/all.json": "application/feed+json", "/embed/all.html": "text/html; charset=utf-8", "/feeds.opml": "text/x-opml; charset=utf-8",
		"/robots.txt": "text/plain; charset=utf-8", "/.well-known/security.txt": "text/plain; charset=utf-8", "/sitemap.xml": "",
	} {
		file := path
		if strings.HasSuffix(path, "/") {
			file += "index.html"
		}
		want1, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		res, body := ask("GET", path)
		if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || body != string(want1) || want != "" && !strings.EqualFold(got, want) {
			t.Errorf("GET %s = %d, %q, %d bytes; want 200, %q and the file", path, res.StatusCode, got, len(body), want)
		}
		for header, part := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "max-age=300",
		} {
			if got := res.Header.Get(header); !strings.Contains(got, part) {
				t.Errorf("GET %s: %s is %q, want %q in it", path, header, got, part)
			}
		}
		cors := ""
		if strings.HasPrefix(path, "/feeds") || strings.HasPrefix(path, "/embed") {
			cors = "*"
		}
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "frame-ancestors *") != strings.HasPrefix(path, "/embed") || len(res.Header.Values("Content-Security-Policy")) != 1 {
			t.Errorf("GET %s: policy %q", path, res.Header.Values("Content-Security-Policy"))
		}
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != cors {
			t.Errorf("GET %s: Access-Control-Allow-Origin is %q, want %q", path, got, cors)
		}
		if len(body) < 256 {
			continue // not worth compressing
		}
		zip, squeezed := ask("GET", path, "Accept-Encoding", "gzip")
		if r, err := gzip.NewReader(strings.NewReader(squeezed)); err != nil {
			t.Errorf("GET %s with gzip: %v", path, err)
		} else if plain, err := io.ReadAll(r); err != nil || string(plain) != body {
			t.Errorf("GET %s with gzip is another file, %v", path, err)
		}
		onDisk, _ := os.ReadFile(filepath.Join(dir, file+".gz"))
		if squeezed != string(onDisk) || zip.Header.Get("Content-Type") != res.Header.Get("Content-Type") || !strings.Contains(zip.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("GET %s with gzip: %d bytes, headers %v; want those of the file beside", path, len(squeezed), zip.Header)
		}
		tag := zip.Header.Get("Etag")
		if again, _ := ask("GET", path, "Accept-Encoding", "gzip", "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified {
			t.Errorf("GET %s if not %s = %d, want 304", path, tag, again.StatusCode)
		}
		if head, none := ask("HEAD", path); head.StatusCode != 200 || none != "" {
			t.Errorf("HEAD %s = %d and %d bytes", path, head.StatusCode, len(none))
		}
	}
	if res, body := ask("GET", "/nowhere/"); res.StatusCode != 404 || !strings.Contains(body, "no such page") {
		t.Errorf("GET /nowhere/ = %d %.20q, want 404 and the page for it", res.StatusCode, body)
	}
	if res, _ := ask("GET", "/category/labor"); res.StatusCode/100 != 3 || !strings.HasSuffix(res.Header.Get("Location"), "/category/labor/") {
		t.Errorf("GET /category/labor = %d to %q, want a redirect to the page", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := ask("POST", "/feeds/all.rss"); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST = %d, want 405", res.StatusCode)
	}
}
