package main

// The object stores that every build can write to. The others cost tens of
// megabytes each, so they have to be asked for: stores_gs.go, stores_azblob.go.
import (
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob"
)
