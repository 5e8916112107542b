package deliver_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// faulty is an object store in memory whose operations can be made to fail,
// at the address faulty://any.
type faulty struct {
	mu      sync.Mutex
	objects map[string]object
	clock   time.Time // a store's own: every write is a second later
	ops     int       // operations so far
	fault   func(op int, what string) fault
}

// object is what the store keeps.
type object struct {
	body     string
	modified time.Time
	media    string
	opt      driver.WriterOptions
}

// fault is what becomes of an operation.
type fault int

const (
	none fault = iota
	refused
	lost   // it is done, but nobody hears of it
	denied // for good
	stuck  // until somebody's patience is at its end
)

var (
	errStore   = errors.New("the store is out of order")
	errDenied  = errors.New("who are you?")
	errMissing = errors.New("no such object")
)

// stores are those of the tests, by host name of their address.
var stores sync.Map

func init() { blob.DefaultURLMux().RegisterBucket("faulty", faultyOpener{}) }

type faultyOpener struct{}

func (faultyOpener) OpenBucketURL(_ context.Context, u *url.URL) (*blob.Bucket, error) {
	s, ok := stores.Load(u.Host)
	if !ok {
		return nil, errors.New("no such store")
	}
	return blob.NewBucket(s.(*faulty)), nil
}

// newFaulty returns a new store and its address.
func newFaulty(name string) (*faulty, string) {
	s := &faulty{objects: map[string]object{}, clock: time.Unix(1_700_000_000, 0)}
	stores.Store(name, s)
	return s, "faulty://" + name
}

// do does one operation, or lets it fail.
func (s *faulty) do(ctx context.Context, what string, op func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ops++
	f := none
	if s.fault != nil {
		f = s.fault(s.ops, what)
	}
	if f == stuck {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return ctx.Err()
	}
	if f == refused {
		return errStore
	}
	if f == denied {
		return errDenied
	}
	if err := op(); err != nil || f == none {
		return err
	}
	return errStore
}

func (s *faulty) ErrorCode(err error) gcerrors.ErrorCode {
	switch {
	case errors.Is(err, errMissing):
		return gcerrors.NotFound
	case errors.Is(err, errDenied):
		return gcerrors.PermissionDenied
	}
	return gcerrors.Unknown
}

func (s *faulty) As(any) bool             { return false }
func (s *faulty) ErrorAs(error, any) bool { return false }
func (s *faulty) Close() error            { return nil }

func (s *faulty) Attributes(context.Context, string) (*driver.Attributes, error) {
	return nil, errors.ErrUnsupported
}

func (s *faulty) Copy(context.Context, string, string, *driver.CopyOptions) error {
	return errors.ErrUnsupported
}

func (s *faulty) SignedURL(context.Context, string, *driver.SignedURLOptions) (string, error) {
	return "", errors.ErrUnsupported
}

// ListPaged gives three objects at a time.
func (s *faulty) ListPaged(ctx context.Context, opt *driver.ListOptions) (*driver.ListPage, error) {
	page := &driver.ListPage{}
	return page, s.do(ctx, "list", func() error {
		for _, key := range slices.Sorted(maps.Keys(s.objects)) {
			if !strings.HasPrefix(key, opt.Prefix) || key <= string(opt.PageToken) {
				continue
			}
			if len(page.Objects) == 3 {
				page.NextPageToken = []byte(page.Objects[2].Key)
				break
			}
			o := s.objects[key]
			sum := md5.Sum([]byte(o.body))
			page.Objects = append(page.Objects, &driver.ListObject{Key: key, ModTime: o.modified, Size: int64(len(o.body)), MD5: sum[:]})
		}
		return nil
	})
}

type faultyReader struct {
	io.Reader
	size int64
}

func (faultyReader) Close() error { return nil }
func (faultyReader) As(any) bool  { return false }
func (r faultyReader) Attributes() *driver.ReaderAttributes {
	return &driver.ReaderAttributes{Size: r.size}
}

func (s *faulty) NewRangeReader(ctx context.Context, key string, _, _ int64, _ *driver.ReaderOptions) (driver.Reader, error) {
	var r faultyReader
	return &r, s.do(ctx, "read "+key, func() error {
		o, ok := s.objects[key]
		if !ok {
			return errMissing
		}
		r = faultyReader{strings.NewReader(o.body), int64(len(o.body))}
		return nil
	})
}

type faultyWriter struct {
	bytes.Buffer
	close func(body string) error
}

func (w *faultyWriter) Close() error { return w.close(w.String()) }

func (s *faulty) NewTypedWriter(ctx context.Context, key, media string, opt *driver.WriterOptions) (driver.Writer, error) {
	return &faultyWriter{close: func(body string) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return s.do(ctx, "write "+key, func() error {
			s.clock = s.clock.Add(time.Second)
			s.objects[key] = object{body, s.clock, media, *opt}
			return nil
		})
	}}, nil
}

func (s *faulty) Delete(ctx context.Context, key string, _ *driver.DeleteOptions) error {
	return s.do(ctx, "delete "+key, func() error {
		if _, ok := s.objects[key]; !ok {
			return errMissing
		}
		delete(s.objects, key)
		return nil
	})
}

// bodies are what the store holds, without our own manifest.
func (s *faulty) bodies() map[string]string {
	out := map[string]string{}
	for key, o := range s.objects {
		if key != ".rightswire-manifest.json" {
			out["/"+key] = o.body
		}
	}
	return out
}
