package deliver

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/sethvargo/go-retry"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/publisher"
)

const (
	objectsAtOnce = 16               // how many objects are on their way at a time
	objectTimeout = 30 * time.Second // for one try at one object, beside the time that its bytes take; see patience
	slowLine      = 64 << 10         // bytes a second: a line that is slower is taken for a dead one
	tries         = 4                // at one object
	firstPause    = 500 * time.Millisecond
)

// IsStore reports whether a place is the address of an object store rather
// than a folder.
func IsStore(to string) bool { return strings.Contains(to, "://") }

// Schemes returns the kinds of object stores that this program can speak to,
// such as "s3", as its drivers were linked.
func Schemes() []string { return blob.DefaultURLMux().BucketSchemes() }

// bucket is a place in an object store. A store replaces an object as a whole
// or not at all, and says at once of all objects what they look like.
type bucket struct {
	objects *blob.Bucket
	cache   string           // Cache-Control of what is written
	there   map[string]looks // as the last survey found it
}

// openBucket opens the bucket that an address names: scheme://BUCKET/PREFIX,
// with the options of gocloud.dev's driver as its query. Credentials come
// from where the store's own tools find them.
func openBucket(ctx context.Context, opt Options) (*bucket, error) {
	u, err := url.Parse(opt.To)
	if err != nil {
		return nil, err
	}
	prefix := ""
	if u.Scheme != "file" {
		prefix = strings.Trim(u.Path, "/")
		u.Path = ""
	}
	objects, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, err
	}
	if prefix != "" {
		objects = blob.PrefixedBucket(objects, prefix+"/")
	}
	return &bucket{objects: objects, cache: publisher.CacheControl(opt.MaxAge)}, nil
}

func (b *bucket) close() error { return b.objects.Close() }

// manifest reads the whole of it before it is believed: half of one must not
// look like a site of half the files.
func (b *bucket) manifest(ctx context.Context) (*manifest, error) {
	body, err := b.readAll(ctx, manifestName)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return &manifest{}, b.exists(ctx, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the manifest: %w", hint(err))
	}
	return decodeManifest(bytes.NewReader(body), int64(len(body)))
}

// readAll reads an object, in the time that its size allows.
func (b *bucket) readAll(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(objectTimeout, func() { cancel(context.DeadlineExceeded) })
	defer late.Stop()
	r, err := b.objects.NewReader(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	late.Reset(patience(r.Size()))
	return io.ReadAll(r)
}

// patience is how long one try at an object of so many bytes may take. The
// manifest names every page that was ever delivered: what is enough for a page
// is not for all of them.
func patience(bytes int64) time.Duration {
	return objectTimeout + time.Duration(bytes/slowLine)*time.Second
}

// exists tells a new place from a bucket that is not there, which a store
// says in the same words.
func (b *bucket) exists(ctx context.Context, missing error) error {
	if ok, err := b.objects.IsAccessible(ctx); err == nil && !ok {
		return fmt.Errorf("there is no such bucket; create it, or correct publish.to: %w", missing)
	}
	return nil // what else is wrong with it the survey will tell
}

// intend writes all of the manifest, without hashes where they are going to change:
// there a second object would cost more.
func (b *bucket) intend(ctx context.Context, m *manifest, names iter.Seq[string]) error {
	_, err := b.saveManifest(ctx, m, blanks(names))
	return err
}

func (b *bucket) saveManifest(ctx context.Context, m *manifest, edits iter.Seq[edit]) (state string, err error) {
	var body bytes.Buffer
	body.Grow(int(m.size))
	if state, err = m.write(&body, edits); err != nil {
		return "", err
	}
	// Mirrors that compare it have to see the newest.
	if err := b.write(ctx, manifestName, body.Bytes(), headers{Type: "application/json", Cache: "no-cache"}); err != nil {
		return "", fmt.Errorf("write manifest: %w", err)
	}
	return state, nil
}

// survey asks for the list of all objects, a thousand at a time.
func (b *bucket) survey(ctx context.Context) error {
	b.there = map[string]looks{}
	objects := b.objects.List(nil)
	for {
		one, cancel := context.WithTimeout(ctx, objectTimeout)
		o, err := objects.Next(one)
		cancel()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list what is there: %w", hint(err))
		}
		b.there[o.Key] = looks{Size: o.Size, Modified: o.ModTime.UnixNano(), Tag: hex.EncodeToString(o.MD5)}
	}
}

func (b *bucket) look(name string) (looks, bool) {
	r, ok := b.there[name]
	return r, ok
}

// equal is false: to fetch an object in order to compare it costs as much as
// to write it, and its headers would have to be asked for as well.
func (b *bucket) equal(string, []byte) bool { return false }

// headers are those of the server, as far as a store keeps any. A compressed
// form says what it is a form of, so that whoever is led there by a rule of
// the CDN reads it as the file.
func (b *bucket) headers(f *publisher.File, e Encoding) headers {
	return headers{Type: f.Type, Cache: b.cache, Encoding: string(e)}
}

func (b *bucket) stage(context.Context, []*payload, []*payload, maker) error { return nil }
func (b *bucket) settle(context.Context, []*payload) error                   { return nil }
func (b *bucket) clean() error                                               { return nil }

// put writes objects, some at a time, and returns when all are there.
func (b *bucket) put(ctx context.Context, files []*payload, make maker) error {
	return each(ctx, files, func(ctx context.Context, p *payload) error {
		return make(p, func(body []byte, h headers) error { return b.write(ctx, p.name(), body, h) })
	})
}

func (b *bucket) remove(ctx context.Context, names []string) error {
	return each(ctx, names, func(ctx context.Context, name string) error {
		err := again(ctx, objectTimeout, func(ctx context.Context) error { return b.objects.Delete(ctx, name) })
		if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("remove %s: %w", name, hint(err))
		}
		return nil
	})
}

// write replaces an object. Its MD5 goes along, so that a store that got other
// bytes refuses them.
func (b *bucket) write(ctx context.Context, name string, body []byte, h headers) error {
	return hint(again(ctx, patience(int64(len(body))), func(ctx context.Context) error {
		return b.objects.WriteAll(ctx, name, body, &blob.WriterOptions{
			ContentType: h.Type, CacheControl: h.Cache, ContentEncoding: h.Encoding, DisableContentTypeDetection: true,
		})
	}))
}

// each does something with every one of many, some at a time, until one fails.
func each[T any](ctx context.Context, all []T, do func(context.Context, T) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(objectsAtOnce)
	for _, one := range all {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, one)
		})
	}
	return group.Wait()
}

// again does something until it is done, or has failed for good. The drivers
// try again by themselves what their stores call safe; everything that we do
// can be done twice. A try that takes longer than limit has failed.
func again(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	pauses := retry.WithMaxRetries(tries-1, retry.WithJitterPercent(20, retry.NewExponential(firstPause)))
	return retry.Do(ctx, pauses, func(ctx context.Context) error {
		one, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		err := do(one)
		if err != nil && ctx.Err() == nil && passing(err) {
			return retry.RetryableError(err)
		}
		return err
	})
}

// passing reports whether an error may be gone in a while.
func passing(err error) bool {
	switch gcerrors.Code(err) {
	case gcerrors.NotFound, gcerrors.PermissionDenied, gcerrors.InvalidArgument, gcerrors.FailedPrecondition, gcerrors.Unimplemented:
		return false
	}
	return true
}

// hint adds what can be done about an error, where that is known.
func hint(err error) error {
	switch gcerrors.Code(err) {
	case gcerrors.PermissionDenied:
		return fmt.Errorf("%w; the credentials in the environment must allow to list, read, write and delete there", err)
	case gcerrors.NotFound:
		return fmt.Errorf("%w; the bucket has to be there before", err)
	}
	return err
}
