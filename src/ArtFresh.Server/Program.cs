return await ArtFresh.Server.ServerProgram.RunAsync(args);
