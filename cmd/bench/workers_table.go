package main

import "context"

func (o *workersOptions) measureTable(ctx context.Context) error { return nil }
