package config

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Secret is a password or a key, once the file has been read whole. It prints
// as what it is and not as what it says (S32).
type Secret string

// String says that there is a secret, not which.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString is [Secret.String], for %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// Health says who may read how the sources are doing.
type Health struct {
	FeedToken     Secret `yaml:"feed_token,omitempty" jsonschema_description:"Secret part of the private health feed's address, as $NAME; empty: no such feed."`
	FeedTokenFile string `yaml:"feed_token_file,omitempty" jsonschema_description:"File that holds that and nothing else, relative to config.yaml."`
}

// Digest says where the digest goes, besides where it is asked for. It is sent
// when schedule.digest says.
type Digest struct {
	Mail    Mail    `yaml:"mail" jsonschema_description:"Send it by mail."`
	Webhook Webhook `yaml:"webhook" jsonschema_description:"Send it to a program, as JSON."`
}

// On reports whether the digest goes anywhere.
func (d Digest) On() bool { return d.Mail.On() || d.Webhook.URL != "" }

// TLS says how a connection to a mail server is kept from others.
type TLS string

// The ways.
const (
	TLSStart TLS = "starttls" // begins in the clear and must change over; the usual way, port 587
	TLSFull  TLS = "tls"      // from the first byte; port 465
	TLSNone  TLS = "none"     // not at all: for a server on this machine
)

// Mail is a mail server and who gets mail by it. It is off without To.
type Mail struct {
	To           []string `yaml:"to" jsonschema_description:"Mail addresses that get the digest; none: no mail."`
	From         string   `yaml:"from" jsonschema_description:"Mail address that it comes from; empty: site.contact."`
	Server       string   `yaml:"server" jsonschema_description:"Mail server that takes it, host:port."`
	TLS          TLS      `yaml:"tls" jsonschema_description:"starttls (port 587), tls (port 465), or none for a server on this machine."`
	User         string   `yaml:"user,omitempty" jsonschema_description:"Who we are to the server; empty: it does not ask."`
	Password     Secret   `yaml:"password,omitempty" jsonschema_description:"Password, as $NAME."`
	PasswordFile string   `yaml:"password_file,omitempty" jsonschema_description:"File that holds the password and nothing else, relative to config.yaml."`
}

// On reports whether any mail is sent.
func (m Mail) On() bool { return len(m.To) > 0 }

// Webhook is a program that is told by HTTP. It is off without URL.
type Webhook struct {
	URL        string `yaml:"url" jsonschema_description:"Where the digest is posted; empty: nowhere."`
	Secret     Secret `yaml:"secret,omitempty" jsonschema_description:"Key that signs what is posted, as $NAME."`
	SecretFile string `yaml:"secret_file,omitempty" jsonschema_description:"File that holds that key and nothing else, relative to config.yaml."`
}

// tokenPattern is a token that stands in a path as it is and that nobody
// guesses: 20 of these characters are 119 bits if they are random.
var tokenPattern = lazily(`^[A-Za-z0-9_-]{20,200}$`)

// tell checks where the wire tells of itself, and puts the secrets in.
func (k *checker) tell() {
	h := &k.c.Health
	k.secret("health.feed_token", &h.FeedToken, h.FeedTokenFile)
	if h.FeedToken != "" && !tokenPattern().MatchString(string(h.FeedToken)) {
		k.main.problem(k.where("health.feed_token"), "is no token; it needs 20 to 200 random letters, digits, - and _, such as \"openssl rand -hex 20\" prints")
	}
	k.mail(&k.c.Digest.Mail)
	w := &k.c.Digest.Webhook
	k.secret("digest.webhook.secret", &w.Secret, w.SecretFile)
	k.webhook(w)
}

func (k *checker) mail(m *Mail) {
	const path = "digest.mail"
	k.secret(path+".password", &m.Password, m.PasswordFile)
	oneOf(k.main, path+".tls", m.TLS, TLSStart, TLSFull, TLSNone)
	for i, to := range m.To {
		k.mailAddress(index(path+".to", i), to)
	}
	if m.From != "" {
		k.mailAddress(path+".from", m.From)
	}
	if !m.On() {
		return
	}
	if m.From == "" && !strings.Contains(k.c.Site.Contact, "@") {
		k.main.problem(path, "has no from, and site.contact is no mail address; write from: followed by one")
	}
	host, port, err := net.SplitHostPort(m.Server)
	n, bad := strconv.Atoi(port)
	switch {
	case m.Server == "":
		k.main.problem(path, "has no server; write server: followed by its name and port, such as smtp.example.org:587")
	case err != nil || bad != nil || n < 1 || n > 65535 || host == "" || strings.ContainsAny(host, " /"):
		k.main.problem(path+".server", "%s is not a server; write its name and port, such as smtp.example.org:587", quote(m.Server))
	case m.TLS == TLSNone && m.Password != "" && !loopback(host):
		k.main.problem(path+".tls", "would send the password in the clear; write starttls or tls")
	}
	if (m.User == "") != (m.Password == "") && !k.without(path) {
		k.main.problem(path, "has a user or a password and not the other; write both or neither")
	}
}

func (k *checker) mailAddress(path, address string) {
	if a, err := mail.ParseAddress(address); err != nil || strings.ContainsAny(address, "\r\n") || !strings.Contains(a.Address, "@") {
		k.main.problem(path, "%s is not a mail address", quote(address))
	}
}

func (k *checker) webhook(w *Webhook) {
	const path = "digest.webhook.url"
	written := w.URL
	if credentials().MatchString(written) {
		k.main.problem(path, "holds a password; write it as $NAME and set that variable")
		return
	}
	value, ok := k.expandEnv(k.main, path, written, true)
	switch {
	case !ok:
	case value != "" && !isWebURL(value):
		k.main.problem(path, "%s is not a URL; write https:// and so on", quote(written))
	case value == "" && w.Secret != "":
		k.main.problem("digest.webhook", "has a secret and no url")
	default:
		w.URL = value
		if u, err := url.Parse(value); err == nil && u.Scheme == "http" && !loopback(u.Hostname()) {
			k.note(k.main, path, "is http; anyone on the way can read it, so try https")
		}
	}
}

// secret puts a secret in that is written as $NAME or stands in a file.
func (k *checker) secret(path string, value *Secret, file string) {
	written := string(*value)
	switch {
	case written != "" && file != "":
		k.main.problem(path, "is given twice, here and in %s_file; delete one", path)
		*value = ""
		return
	case file != "":
		data, err := k.read(k.beside(k.main.name, file), 4096)
		text := strings.TrimRight(string(data), "\r\n")
		switch {
		case err != nil && k.without(path):
		case err != nil:
			k.main.problem(path+"_file", "%s: %s", quote(file), err)
		case text == "" || strings.ContainsAny(text, "\r\n\x00") || len(data) > 4096:
			k.main.problem(path+"_file", "%s does not hold one line", quote(file))
		default:
			*value = Secret(text)
		}
		return
	case written == "":
		return
	case !strings.HasPrefix(written, "$"):
		k.main.problem(path, "holds a secret; write $NAME and set that variable, or name a file as %s_file", path[strings.LastIndexByte(path, '.')+1:])
		*value = ""
		return
	}
	text, ok := k.expandEnv(k.main, path, written, false)
	if *value = ""; ok {
		*value = Secret(text)
	}
}

// where is the path at which a secret was written.
func (k *checker) where(path string) string {
	if !k.main.has(path) {
		return path + "_file"
	}
	return path
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
