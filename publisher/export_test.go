package publisher

// For tests that write editions with the encoders, which import this package.
var (
	VerifyEdition = verifyEdition
	FrameOf       = frameOf
)
