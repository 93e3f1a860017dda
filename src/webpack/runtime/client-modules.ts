// Never runs, and is empty on disk: the client build's loader turns it into the list of imports that puts
// every client module of the server bundle into the client bundle.
export {}
