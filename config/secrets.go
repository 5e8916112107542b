package config

import (
	"net/url"
	"os"
	"strings"
)

// credentials finds a literal password in a URL: after the user name, or in
// the query. What starts with $ is a reference and fine.
var credentials = lazily(`(?i)^[a-z0-9+.]+://[^/@\s]*:[^$/@\s][^/@\s]*@|\b(?:ssl)?password=[^$&\s]`)

// secretHeaders are the request headers whose values are always secrets.
var secretHeaders = lazily(`(?i)^(authorization|proxy-authorization|cookie)$|token|api-?key|secret|password`)

// reference is a value that is taken from the environment whole.
var reference = lazily(`^\$(\w+|\{\w+\})$`)

// expandEnv replaces $NAME and ${NAME} by what the environment holds; $$ is a
// dollar sign. It is false where a name is not set or holds what it must not,
// and reports it. inURL says that a value becomes part of a URL and has to be
// escaped to stay in its place.
func (k *checker) expandEnv(doc *document, path, s string, inURL bool) (string, bool) {
	if !strings.Contains(s, "$") {
		return s, true
	}
	whole := reference().MatchString(s)
	ok := true
	out := os.Expand(s, func(name string) string {
		if name == "$" {
			return "$"
		}
		value, found := k.env(name)
		if !found && !k.without(path) {
			doc.problem(path, "the environment variable %s is not set; set it, or delete the reference ($$ is a plain dollar sign)", name)
		}
		if ok = ok && found; strings.ContainsAny(value, "\r\n\x00") { // S33
			doc.problem(path, "the environment variable %s holds a line break", name)
			ok = false
		}
		if inURL && !whole {
			return url.PathEscape(value)
		}
		return value
	})
	return out, ok
}

// without reports whether what stands at a path can do without its secret
// ([WithoutSecrets]).
func (k *checker) without(path string) bool {
	return k.stored && !strings.HasPrefix(path, "database")
}

// database checks the database and puts its password in.
func (k *checker) database() {
	db := &k.c.Database
	path := "database"
	if k.main.has("database.url") {
		path = "database.url"
	}
	if credentials().MatchString(db.URL) {
		k.main.problem(path, "holds a password; write it as $NAME and set that variable, or name a password_file")
		return
	}
	written := db.URL
	value, ok := k.expandEnv(k.main, path, db.URL, true)
	if !ok {
		return
	}
	db.URL = value
	scheme, _, isURL := strings.Cut(db.URL, "://")
	u, err := url.Parse(db.URL)
	switch {
	case strings.TrimSpace(db.URL) == "":
		k.main.problem(path, "is empty; write a file name such as rightswire.db")
		return
	case isURL && (err != nil || scheme != "postgres" && scheme != "postgresql"):
		k.main.problem(path, "%s is neither a file nor a PostgreSQL address; write a file name such as rightswire.db", quote(written))
		return
	}
	if db.PasswordFile != "" {
		k.passwordFile(u, isURL)
	}
}

// passwordFile reads the password that stands in a file of its own.
func (k *checker) passwordFile(u *url.URL, isURL bool) {
	const path = "database.password_file"
	if !isURL {
		k.main.problem(path, "is of no use with a SQLite file; delete it")
		return
	}
	data, err := k.read(k.beside(k.main.name, k.c.Database.PasswordFile), 4096)
	password := strings.TrimRight(string(data), "\r\n")
	switch {
	case err != nil:
		k.main.problem(path, "%s: %s", quote(k.c.Database.PasswordFile), err)
	case password == "" || strings.ContainsAny(password, "\r\n\x00") || len(data) > 4096:
		k.main.problem(path, "%s does not hold one line with a password", quote(k.c.Database.PasswordFile))
	default:
		u.User = url.UserPassword(u.User.Username(), password)
		k.c.Database.URL = u.String()
	}
}

// Redacted returns the database's address without its password, for logs.
func (d Database) Redacted() string {
	if u, err := url.Parse(d.URL); err == nil && u.User != nil {
		return u.Redacted()
	}
	return d.URL
}

// String is [Database.Redacted], so that printing a Config leaks nothing (S32).
func (d Database) String() string { return d.Redacted() }

// proxy checks a proxy and puts its password in.
func (k *checker) proxy(doc *document, path string, proxy *string) {
	written := *proxy
	if credentials().MatchString(written) {
		doc.problem(path, "holds a password; write it as $NAME and set that variable")
		return
	}
	value, ok := k.expandEnv(doc, path, written, true)
	if !ok || value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" && u.Scheme != "socks5h" {
		doc.problem(path, "%s is not a proxy; write http://host:port, https://host:port or socks5://host:port", quote(written))
		return
	}
	*proxy = value
}

func (k *checker) hub() {
	written := k.c.Publish.Hub
	if credentials().MatchString(written) {
		k.main.problem("publish.hub", "holds a password; write it as $NAME and set that variable")
		return
	}
	value, ok := k.expandEnv(k.main, "publish.hub", written, true)
	if !ok {
		return
	}
	if value != "" && value != "self" && !isWebURL(value) {
		k.main.problem("publish.hub", "%s is not a hub; write its URL, or self for our own", quote(written))
		return
	}
	k.c.Publish.Hub = value
}
