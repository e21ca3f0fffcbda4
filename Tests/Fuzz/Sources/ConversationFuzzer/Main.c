// libFuzzer brings the main function, and the module Conversations what it calls.
