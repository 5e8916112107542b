package fetchtest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// Names is a name server in memory: the answers of each name, one per look-up
// in this order and the last one for ever. Names that are not in it do not
// exist. It is how a test lets a name rebind.
type Names struct {
	mu     sync.Mutex
	script map[string][][]netip.Addr
	asked  map[string]int
}

// NewNames returns a name server that knows no name.
func NewNames() *Names {
	return &Names{script: map[string][][]netip.Addr{}, asked: map[string]int{}}
}

// On sets the answers of a name; each is a list of addresses separated by
// spaces. It returns n.
func (n *Names) On(name string, answers ...string) *Names {
	n.mu.Lock()
	defer n.mu.Unlock()
	var list [][]netip.Addr
	for _, a := range answers {
		var addrs []netip.Addr
		for f := range strings.FieldsSeq(a) {
			addrs = append(addrs, netip.MustParseAddr(f))
		}
		list = append(list, addrs)
	}
	n.script[name+"."] = list
	return n
}

// Resolver returns a resolver that asks n.
func (n *Names) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go n.serve(server)
		return client, nil
	}}
}

// serve answers the one question of a connection, framed as DNS over TCP.
func (n *Names) serve(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		q := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		a, err := n.answer(q)
		if err != nil {
			return
		}
		out := binary.BigEndian.AppendUint16(nil, uint16(len(a)))
		if _, err := c.Write(append(out, a...)); err != nil {
			return
		}
	}
}

func (n *Names) answer(query []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return nil, err
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	for _, q := range m.Questions {
		addrs, known := n.next(q.Name.String(), q.Type)
		if !known {
			m.RCode = dnsmessage.RCodeNameError
		}
		for _, a := range addrs {
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			switch {
			case a.Is4() && q.Type == dnsmessage.TypeA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: a.As4()}})
			case !a.Is4() && q.Type == dnsmessage.TypeAAAA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
			}
		}
	}
	return m.Pack()
}

// next returns the answer that is due. The A question moves the script on;
// the AAAA question of the same look-up sees the same answer or the next.
func (n *Names) next(name string, typ dnsmessage.Type) ([]netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list, known := n.script[strings.ToLower(name)]
	if !known || len(list) == 0 {
		return nil, known
	}
	if typ != dnsmessage.TypeA {
		return list[0], true
	}
	n.asked[strings.ToLower(name)]++
	if len(list) > 1 {
		n.script[strings.ToLower(name)] = list[1:]
	}
	return list[0], true
}
