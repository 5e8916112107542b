package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Admin says who gets to the desk's pages, and where. Without a password and
// without a proxy that lets people in, nothing is served.
type Admin struct {
	Listen       string         `yaml:"listen" jsonschema_description:"Address of the desk's pages, host:port."`
	URL          string         `yaml:"url" jsonschema_description:"Address at which browsers find the desk's pages, where a proxy speaks https for them; empty: http at listen."`
	PasswordFile string         `yaml:"password_file" jsonschema_description:"File with a line for each who may log in, made by rightswire admin password, relative to config.yaml."`
	Password     Secret         `yaml:"password" jsonschema_description:"Such a line out of the environment, written as $NAME."`
	ProxyHeader  string         `yaml:"proxy_header" jsonschema_description:"Request header in which a proxy names who has logged in there."`
	ProxyFrom    []netip.Prefix `yaml:"proxy_from" jsonschema_description:"Networks of that proxy, as CIDRs; proxy_header and X-Forwarded-For of anybody else count for nothing."`
	Idle         Duration       `yaml:"idle" jsonschema_description:"A session ends when nothing was asked for as long."`
	Session      Duration       `yaml:"session" jsonschema_description:"A session ends at the latest after this."`
}

// On reports whether anybody can get to the desk's pages.
func (a Admin) On() bool { return a.PasswordFile != "" || a.Password != "" || a.ProxyHeader != "" }

func defaultAdmin() Admin {
	return Admin{Listen: "localhost:8081", Idle: Duration(30 * time.Minute), Session: Duration(12 * time.Hour)}
}

func (k *checker) admin() {
	a := &k.c.Admin
	k.listen("admin.listen", a.Listen)
	if a.URL != "" {
		if u := k.url(k.main, "admin.url", a.URL); u != nil && (u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/") {
			k.main.problem("admin.url", "%s has a path, query or fragment; the desk's pages need a host of their own, such as https://desk.example.org", quote(a.URL))
		}
	}
	switch {
	case a.Password != "" && !strings.HasPrefix(string(a.Password), "$"):
		k.main.problem("admin.password", "stands in the file itself; put the line that \"rightswire admin password\" prints into the environment and write $NAME, or use password_file")
		a.Password = ""
	case a.Password != "" && a.PasswordFile != "":
		k.main.problem("admin.password", "is one too many beside password_file; delete one of the two")
	case a.Password != "":
		line, _ := k.expandEnv(k.main, "admin.password", string(a.Password), false)
		a.Password = Secret(line)
	}
	switch {
	case a.ProxyHeader != "" && !headerName().MatchString(a.ProxyHeader):
		k.main.problem("admin.proxy_header", "%s is not the name of a header; write Remote-User or what your proxy sends", quote(a.ProxyHeader))
	case a.ProxyHeader != "" && len(a.ProxyFrom) == 0:
		k.main.problem("admin.proxy_header", "anybody can send this header; name the proxy under proxy_from, such as [127.0.0.1/32, ::1/128]")
	}
	for _, p := range a.ProxyFrom {
		if a.ProxyHeader != "" && p.Bits() == 0 {
			k.main.problem("admin.proxy_from", "%s is everybody, and anybody can send %s; name the proxy alone", p, a.ProxyHeader)
		}
	}
	if a.Idle.Std() < time.Minute || a.Session < a.Idle {
		k.main.problem("admin.idle", "idle %s and session %s are not in order; write them so that 1m <= idle <= session", a.Idle, a.Session)
	}
	if host, _, err := net.SplitHostPort(a.Listen); err == nil && a.On() && a.URL == "" && !loopback(host) {
		k.note(k.main, "admin.listen", "passwords and cookies go over the network unencrypted; listen at localhost, with a proxy that speaks https, and name its address under admin.url")
	}
}

// listen checks where to listen.
func (k *checker) listen(path, value string) {
	host, port, err := net.SplitHostPort(value)
	n, bad := strconv.Atoi(port)
	if err != nil || bad != nil || n < 0 || n > 65535 || strings.ContainsAny(host, " /") {
		k.main.problem(path, "%s is not an address; write localhost:8080 or :8080", quote(value))
	}
}
