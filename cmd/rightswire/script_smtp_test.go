package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// smtpKey is where a script's mail server is kept.
type smtpKey struct{}

// mailServer is a mail server on the loopback that keeps what it is sent.
type mailServer struct {
	// plain, starttls, tls, busy: refuses everybody for now, or picky: knows no
	// second@example.org, and hangs up when it has taken a mail.
	mode string
	tls  *tls.Config
	mu   sync.Mutex
	got  []string // each with its envelope before it
}

// cmdSMTPD starts a mail server at $SMTP, whose certificate the programs of the
// script trust. A user is asked for except by plain.
//
//	smtpd plain|starttls|tls|busy|picky
func cmdSMTPD(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: smtpd plain|starttls|tls|busy|picky")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { ln.Close() })
	cert, ca := certificate(ts)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), ca, 0o600))
	s := &mailServer{mode: args[0], tls: &tls.Config{Certificates: []tls.Certificate{cert}}}
	ts.Setenv("SMTP", ln.Addr().String())
	ts.Setenv("SSL_CERT_FILE", ts.MkAbs("ca.pem"))
	setMailServer(ts, s)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			if s.mode == "tls" {
				c = tls.Server(c, s.tls)
			}
			go s.talk(c)
		}
	}()
}

// cmdMailed wants a number of mails, and writes the last one into a file.
//
//	mailed COUNT [FILE]
func cmdMailed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: mailed COUNT [FILE]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := mailServerOf(ts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) != want {
		ts.Fatalf("%d mails came, want %d", len(s.got), want)
	}
	if len(args) == 2 {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(s.got[want-1]), 0o600))
	}
}

// The mail server of a script; its values cannot be set once it runs.
func setMailServer(ts *testscript.TestScript, s *mailServer) {
	*ts.Value(smtpKey{}).(**mailServer) = s
}
func mailServerOf(ts *testscript.TestScript) *mailServer { return *ts.Value(smtpKey{}).(**mailServer) }

// talk is one session (RFC 5321), with STARTTLS (RFC 3207) and AUTH PLAIN (RFC
// 4954).
func (s *mailServer) talk(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	in, mail := bufio.NewReader(c), ""
	say := func(line string) { fmt.Fprintf(c, "%s\r\n", line) }
	if s.mode == "busy" {
		say("421 come back later")
		return
	}
	say("220 test")
	open := s.mode == "plain" || s.mode == "picky"
	safe, known := s.mode == "tls", open
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(line + " x")[0])
		switch {
		case verb == "EHLO" && s.mode == "starttls" && !safe:
			say("250-test\r\n250 STARTTLS")
		case verb == "EHLO" && !open:
			say("250-test\r\n250 AUTH PLAIN")
		case verb == "EHLO", verb == "NOOP", verb == "RSET":
			say("250 fine")
		case verb == "STARTTLS":
			say("220 go on")
			t := tls.Server(c, s.tls)
			c, in, safe = t, bufio.NewReader(t), true
		case verb == "AUTH":
			text, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line[strings.LastIndex(line, " "):]))
			if known = safe && string(text) == "\x00wire\x00sesame"; known {
				say("235 welcome")
			} else {
				say("535 no")
			}
		case verb == "QUIT":
			say("221 bye")
			return
		case !known:
			say("530 who are you")
		case s.mode == "picky" && strings.Contains(line, "second@example.org"):
			say("550 no such user")
		case verb == "DATA":
			say("354 go on")
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				mail += line
			}
			s.mu.Lock()
			s.got = append(s.got, strings.ReplaceAll(mail, "\r\n", "\n"))
			s.mu.Unlock()
			say("250 taken")
			if s.mode == "picky" {
				return
			}
		default:
			mail += line
			say("250 fine")
		}
	}
}

// certificate makes a certificate for the loopback, and the file of those to
// trust that has it.
func certificate(ts *testscript.TestScript) (tls.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
