package admin

import (
	"errors"
	"strings"
	"testing"
)

func TestHashPassword(t *testing.T) {
	hash, err := HashPassword(secret)
	if err != nil {
		t.Fatal(err)
	}
	again, err := HashPassword(secret)
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are equal: no salt")
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("hash = %q", hash)
	}
	if !matches(hash, secret) || matches(hash, secret+" ") || matches(hash, "") {
		t.Error("the hash matches what it should not, or not what it should")
	}
	for _, weak := range []string{"", "eleven byte", strings.Repeat("x", maxPassword+1)} {
		if _, err := HashPassword(weak); !errors.Is(err, ErrWeak) {
			t.Errorf("HashPassword(%d bytes) = %v, want ErrWeak", len(weak), err)
		}
	}
}

func TestParsePeople(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"two people and a comment", "# the desk\nmaria:" + cheap() + "\n\njo.k:" + cheap() + "\n", ""},
		{"nobody", "# nobody\n", "nobody"},
		{"the password itself", "maria:" + secret, `line 1, "maria": it is no argon2id hash`},
		{"no name", cheap(), "line 1: it is no NAME:HASH"},
		{"one name twice", "a:" + cheap() + "\na:" + cheap(), "line 2: \"a\" stands there twice"},
		{"a hash of another kind", "a:$2y$10$abcdefghijklmnopqrstuv", "no argon2id hash"},
		{"a hash that takes the machine's memory", "a:" + strings.Replace(cheap(), "m=7168", "m=4000000", 1), "costs too little or too much"},
		{"a hash that costs nothing", "a:" + strings.Replace(cheap(), "m=7168", "m=8", 1), "costs too little or too much"},
		{"a hash that is cut off", "a:" + cheap()[:len(cheap())-30], "no argon2id hash"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParsePeople(tt.text)
			if got := ""; err != nil {
				got = err.Error()
				if tt.want == "" || !strings.Contains(got, tt.want) {
					t.Errorf("ParsePeople = %q, want %q", got, tt.want)
				}
			} else if tt.want != "" {
				t.Errorf("ParsePeople reads it, want %q", tt.want)
			}
		})
	}
}
