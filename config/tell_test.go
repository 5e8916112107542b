package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhereTheWireTellsOfItselfIsChecked(t *testing.T) {
	t.Setenv("RW_TOKEN", "0123456789abcdef0123")
	t.Setenv("RW_SHORT", "abc")
	mail := func(more string) string {
		return "digest: {mail: {to: [desk@example.org], server: \"smtp.example.org:587\"" + more + "}}\n"
	}
	for _, tt := range []struct{ name, add, want string }{
		{"nothing of it is fine", "", ""},
		{"a token from the environment", "health: {feed_token: $RW_TOKEN}\n", ""},
		{"a token in the file", "health: {feed_token: 0123456789abcdef0123}\n", `c.yaml:11:22: health.feed_token: holds a secret; write $NAME and set that variable, or name a file as feed_token_file`},
		{"a token that can be guessed", "health: {feed_token: $RW_SHORT}\n", `c.yaml:11:22: health.feed_token: is no token; it needs 20 to 200 random letters, digits, - and _, such as "openssl rand -hex 20" prints`},
		{"a token file that is missing", "health: {feed_token_file: nowhere}\n", `c.yaml:11:27: health.feed_token_file: "nowhere": no such file`},
		{"a token given twice", "health: {feed_token: $RW_TOKEN, feed_token_file: x}\n", `c.yaml:11:22: health.feed_token: is given twice, here and in health.feed_token_file; delete one`},
		{"mail", mail(""), ""},
		{"mail with a password", mail(", user: wire, password: $RW_TOKEN"), ""},
		{"mail to nobody in particular", "digest: {mail: {to: [desk], server: \"a:25\"}}\n", `c.yaml:11:22: digest.mail.to[0]: "desk" is not a mail address`},
		{"mail without a server", "digest: {mail: {to: [desk@example.org]}}\n", `c.yaml:11:17: digest.mail: has no server; write server: followed by its name and port, such as smtp.example.org:587`},
		{"a server without a port", "digest: {mail: {to: [desk@example.org], server: smtp.example.org}}\n", `c.yaml:11:49: digest.mail.server: "smtp.example.org" is not a server; write its name and port, such as smtp.example.org:587`},
		{"a misspelt way", mail(", tls: startls"), `c.yaml:11:78: digest.mail.tls: "startls" is not one of starttls, tls, none; did you mean "starttls"?`},
		{"a password in the clear", mail(", tls: none, user: u, password: $RW_TOKEN"), `c.yaml:11:78: digest.mail.tls: would send the password in the clear; write starttls or tls`},
		{"a user without a password", mail(", user: u"), `c.yaml:11:17: digest.mail: has a user or a password and not the other; write both or neither`},
		{"a webhook", "digest: {webhook: {url: \"https://chat.example.org/x\", secret: $RW_TOKEN}}\n", ""},
		{"a webhook that is no URL", "digest: {webhook: {url: chat}}\n", `c.yaml:11:25: digest.webhook.url: "chat" is not a URL; write https:// and so on`},
		{"a secret for no webhook", "digest: {webhook: {secret: $RW_TOKEN}}\n", `c.yaml:11:20: digest.webhook: has a secret and no url`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c.yaml")
			if err := os.WriteFile(path, []byte(base+tt.add), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := Load(path, WithEnv(os.LookupEnv))
			got := ""
			if err != nil {
				got = err.Error()
				got = strings.TrimSpace(got[strings.LastIndex(got, "c.yaml:"):])
			}
			if got != tt.want {
				t.Errorf("Load says\n%s\nwant\n%s", got, tt.want)
			}
			if err == nil && strings.Contains(fmt.Sprintf("%v %+v %#v", c, c, c), "0123456789abcdef0123") {
				t.Error("printing the configuration tells a secret")
			}
		})
	}
}
