package deliver

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
)

// Exists reports whether there may be anything at a place: somebody may have
// removed a folder that was delivered to. Of a store it is assumed, for the
// answer costs as much as a delivery that finds nothing to do.
func Exists(to string) bool {
	if IsStore(to) {
		return true
	}
	_, err := os.Stat(to)
	return err == nil
}

// Stamp tells a folder that a delivery has left from one to which anybody has
// delivered since, or whose manifest has gone: its manifest's size and time, for
// the price of a look at the file. It is "" for a folder without a manifest, or
// in which a delivery did not end, and for a store.
func Stamp(to string) string {
	if IsStore(to) {
		return ""
	}
	info, err := os.Lstat(filepath.Join(to, manifestName))
	if err != nil {
		return ""
	}
	if _, err := os.Lstat(filepath.Join(to, changingName)); err == nil {
		return ""
	}
	return strconv.FormatInt(info.Size(), 16) + " " + strconv.FormatInt(info.ModTime().UnixNano(), 16)
}

// open returns the place that an address names; a folder is made if make is
// set.
func open(ctx context.Context, opt Options, make bool) (place, error) {
	if IsStore(opt.To) {
		return openBucket(ctx, opt)
	}
	return openFolder(opt.To, make)
}
